import {
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { QUEUE_SETTINGS, type QueueSettings } from '../config/index.js';
import { EmbeddingModule } from '../embedding/index.js';
import { RedisMetrics, RedisModule } from '../redis/index.js';
import { JobRules } from './job-rules.js';
import { JobsService } from './jobs.service.js';
import { QueueGauges, queueGaugeProviders } from './queue-gauges.js';
import { QueueShares } from './queue-shares.js';
import { QueueTotals } from './queue-totals.js';
import { queueMetricProviders, QueueMetrics } from './queue.metrics.js';
import { queueProviders } from './queue.providers.js';
import { JobsController } from './routes/jobs.controller.js';
import { BullConnections } from './runner/bull-job-queue.js';
import { JobWorker } from './runner/job-worker.js';
import { SignedWebhooks } from './webhook/signed-webhooks.js';
import { JOB_STORE, type JobStore } from './store/job-store.port.js';

@Module({})
export class QueueModule implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  constructor(
    @Inject(JOB_STORE) private readonly store: JobStore,
    @Inject(QUEUE_SETTINGS) private readonly settings: QueueSettings,
    private readonly worker: JobWorker,
    @Inject(BullConnections) private readonly bull: BullConnections | undefined,
    redisMetrics: RedisMetrics,
  ) {
    bull?.observe(redisMetrics);
  }

  static async forRoot({ backend }: QueueSettings): Promise<DynamicModule> {
    const connections = backend.kind === 'redis' ? await BullConnections.to(backend.url) : undefined;
    const bull = connections === undefined ? [] : [await bullModule(connections, backend)];
    return {
      module: QueueModule,
      global: true,
      imports: [AuthModule, EmbeddingModule, RedisModule, ...bull],
      controllers: [JobsController],
      providers: [
        { provide: BullConnections, useFactory: () => connections },
        ...queueProviders,
        ...queueMetricProviders,
        ...queueGaugeProviders,
        QueueMetrics,
        QueueTotals,
        QueueGauges,
        JobRules,
        JobsService,
        QueueShares,
      ],
      exports: [JobsService, JOB_STORE, QueueShares, QueueTotals, SignedWebhooks],
    };
  }

  onApplicationBootstrap(): void {
    if (this.settings.worksInApi) this.worker.start();
  }

  /** Runs before open requests are finished; running chunks go back into the line. */
  async onModuleDestroy(): Promise<void> {
    await this.worker.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    this.bull?.close();
    await this.store.close();
  }
}

async function bullModule(connections: BullConnections, backend: QueueSettings['backend']): Promise<DynamicModule> {
  const { BullQueueModule } = await import('./bull-queue.module.js');
  return BullQueueModule.forRoot(connections, backend.kind === 'redis' ? backend.keyPrefix : '');
}
