import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule, type Settings } from '../config/index.js';
import { EmbeddingModule } from '../embedding/index.js';
import { HealthModule } from '../health/index.js';
import { MetricsModule } from '../metrics/index.js';
import { QueueModule } from '../queue/index.js';
import { ReplicasModule } from '../replicas/index.js';

@Module({})
export class WorkerModule {
  static forRoot(settings: Settings): DynamicModule {
    const queue = { ...settings.queue, worksInApi: true }; // a worker does nothing else
    const auth = { ...settings.auth, keysFile: undefined, store: undefined }; // it has no callers
    return {
      module: WorkerModule,
      imports: [
        ConfigModule.forRoot({ ...settings, auth, queue }),
        ReplicasModule.forRoot(),
        MetricsModule.forRoot(settings.server),
        EmbeddingModule,
        QueueModule.forRoot(queue),
        HealthModule,
      ],
    };
  }
}
