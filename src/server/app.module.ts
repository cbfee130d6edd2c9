import { Module, type DynamicModule } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { BatchesModule } from '../batches/index.js';
import { ConfigModule, type Settings } from '../config/index.js';
import { EmbedApiModule } from '../embed-api/index.js';
import { HealthModule } from '../health/index.js';
import { HttpModule } from '../http/index.js';
import { KeysApiModule } from '../keys-api/index.js';
import type { Link } from '../link/index.js';
import { MetricsModule } from '../metrics/index.js';
import { CohereApiModule } from '../cohere-api/index.js';
import { OllamaApiModule } from '../ollama-api/index.js';
import { TeiApiModule } from '../tei-api/index.js';
import { OpenAiApiModule } from '../openai-api/index.js';
import { PagesModule } from '../pages/index.js';
import { QueueModule } from '../queue/index.js';
import { ReplicasModule } from '../replicas/index.js';
import { StatsModule } from '../stats/index.js';
import { ThrottlerModule } from '../throttler/index.js';

@Module({})
export class AppModule {
  static forRoot(settings: Settings, primary?: Link): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(settings),
        ReplicasModule.forRoot(primary),
        MetricsModule.forRoot(settings.server),
        HttpModule,
        AuthModule,
        ThrottlerModule,
        EmbedApiModule,
        OpenAiApiModule,
        TeiApiModule,
        OllamaApiModule,
        CohereApiModule,
        QueueModule.forRoot(settings.queue),
        BatchesModule,
        StatsModule,
        KeysApiModule,
        HealthModule,
        PagesModule,
      ],
    };
  }
}
