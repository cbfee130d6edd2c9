import { Inject, Logger, Module, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { OpenAiApiModule } from '../openai-api/index.js';
import { Periodic } from '../time/index.js';
import { RedisModule } from '../redis/index.js';
import { BatchFiles } from './batch/batch-files.js';
import { BatchRunner } from './batch/batch-runner.js';
import { BatchWebhooks } from './batch/batch-webhooks.js';
import { BatchesController } from './batch/batches.controller.js';
import { BatchesService } from './batch/batches.service.js';
import { storeProviders } from './batches.providers.js';
import { CLOCK } from './clock.js';
import { FilesController } from './files/files.controller.js';
import { FilesService } from './files/files.service.js';
import { DOCUMENT_STORE, type DocumentStore } from './store/document-store.port.js';

const ROUND_EVERY_MS = 500;
const EXPIRE_EVERY_MS = 60_000;

/** OpenAI's Files and Batches for /v1/embeddings, done as jobs; every process that serves HTTP also runs batches. */
@Module({
  imports: [AuthModule, OpenAiApiModule, RedisModule],
  controllers: [FilesController, BatchesController],
  providers: [
    ...storeProviders,
    { provide: CLOCK, useValue: Date.now },
    FilesService,
    BatchesService,
    BatchFiles,
    BatchWebhooks,
    BatchRunner,
  ],
})
export class BatchesModule implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger('Batches');
  private readonly stopping = new AbortController();
  private readonly rounds: readonly Periodic[];

  constructor(
    @Inject(DOCUMENT_STORE) private readonly documents: DocumentStore,
    runner: BatchRunner,
    webhooks: BatchWebhooks,
    files: FilesService,
    batches: BatchesService,
  ) {
    const { signal } = this.stopping;
    const warn = (error: unknown): void => this.logger.warn(`Batches cannot continue at the moment, trying again: ${String(error)}`);
    const expire = async (): Promise<void> => {
      await files.expire(async (id) => await batches.usesFile(id));
      await files.measure();
      await batches.expire();
    };
    this.rounds = [
      new Periodic(ROUND_EVERY_MS, async () => await runner.round(signal), warn),
      new Periodic(ROUND_EVERY_MS, async () => await webhooks.sendDue(signal), warn),
      new Periodic(EXPIRE_EVERY_MS, expire, warn),
    ];
  }

  onApplicationBootstrap(): void {
    for (const round of this.rounds) round.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.rounds.map(async (round) => await round.stop()));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.documents.close();
  }
}
