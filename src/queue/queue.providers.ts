import type { FactoryProvider } from '@nestjs/common';
import type { Queue } from 'bull';
import { CACHE_SETTINGS, QUEUE_SETTINGS, type CacheSettings, type QueueSettings } from '../config/index.js';
import { Models } from '../embedding/index.js';
import { connectRedis, RedisMetrics } from '../redis/index.js';
import { QueueMetrics } from './queue.metrics.js';
import type { ChunkRef } from './job.js';
import { BULL_QUEUE, BullJobQueue } from './runner/bull-job-queue.js';
import { EmbeddedJobQueue } from './runner/embedded-job-queue.js';
import { JobFeeder } from './runner/job-feeder.js';
import { JOB_QUEUE, type JobQueue } from './runner/job-queue.port.js';
import { JobWorker } from './runner/job-worker.js';
import { JOB_STORE, type JobStore } from './store/job-store.port.js';
import { ThreadedJobStore } from './store/threaded-job-store.js';
import { RedisJobStore } from './store/redis-job-store.js';
import { warnOfForgetfulRedis } from './store/redis-policy.js';
import { SignedWebhooks } from './webhook/signed-webhooks.js';
import { WebhookSender } from './webhook/webhook-sender.js';

/** The results of a chunk are 160 KB, and a Redis that writes them to its disk may need seconds. */
const COMMAND_TIMEOUT_MS = 5_000;

const jobStoreProvider: FactoryProvider<JobStore> = {
  provide: JOB_STORE,
  inject: [QUEUE_SETTINGS, RedisMetrics],
  useFactory: async ({ backend, ttlMs }: QueueSettings, observer: RedisMetrics) => {
    switch (backend.kind) {
      case 'embedded':
        return await ThreadedJobStore.open({ folder: backend.folder, ttlMs });
      case 'redis': {
        const redis = await connectRedis(backend.url, 'job-store', { commandTimeoutMs: COMMAND_TIMEOUT_MS, observer });
        await warnOfForgetfulRedis(redis);
        return new RedisJobStore(redis, { now: Date.now, ttlMs }, backend.keyPrefix);
      }
    }
  },
};

const jobQueueProvider: FactoryProvider<JobQueue> = {
  provide: JOB_QUEUE,
  inject: [QUEUE_SETTINGS, { token: BULL_QUEUE, optional: true }],
  useFactory: ({ backend }: QueueSettings, queue: Queue<ChunkRef> | undefined) => {
    switch (backend.kind) {
      case 'embedded':
        return new EmbeddedJobQueue();
      case 'redis': {
        if (queue === undefined) throw new Error('QueueModule registers a queue of Bull where there is a Redis');
        return new BullJobQueue(queue);
      }
    }
  },
};

const jobFeederProvider: FactoryProvider<JobFeeder> = {
  provide: JobFeeder,
  inject: [JOB_STORE, JOB_QUEUE, Models, QUEUE_SETTINGS],
  useFactory: (store: JobStore, queue: JobQueue, models: Models, { backend }: QueueSettings) =>
    new JobFeeder({ store, queue, models, isAlone: backend.kind === 'embedded' }),
};

const jobWorkerProvider: FactoryProvider<JobWorker> = {
  provide: JobWorker,
  inject: [JOB_STORE, JOB_QUEUE, JobFeeder, Models, QueueMetrics, QUEUE_SETTINGS, CACHE_SETTINGS, SignedWebhooks],
  useFactory: (
    store: JobStore,
    queue: JobQueue,
    feeder: JobFeeder,
    models: Models,
    observer: QueueMetrics,
    { concurrency }: QueueSettings,
    { scope: cacheScope }: CacheSettings,
    signed: SignedWebhooks,
  ) =>
    new JobWorker({
      store,
      queue,
      feeder,
      models,
      cacheScope,
      observer,
      concurrency,
      webhooks: new WebhookSender({ store, webhooks: signed, observer }),
    }),
};

export const queueProviders = [SignedWebhooks, jobStoreProvider, jobQueueProvider, jobFeederProvider, jobWorkerProvider];
