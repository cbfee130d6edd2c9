import { join } from 'node:path';
import type { EnvironmentReader } from './environment-reader.js';
import { BYTES_PER_MIB, flag, integer, redisUrl as redisUrlReader, webhookSecret } from './setting-readers.js';
import type { QueueSettings } from './settings.js';

interface Shared {
  readonly redisUrl: string | undefined;
  readonly redisKeyPrefix: string;
  readonly dataDir: string;
}

export function parseQueueSettings(env: EnvironmentReader, { redisUrl, redisKeyPrefix: keyPrefix, dataDir }: Shared): QueueSettings {
  const queueUrl = env.readSecret('QUEUE_REDIS_URL', redisUrlReader, redisUrl);
  const folder = join(dataDir, 'jobs');
  const worksInApi = env.read('API_RUNS_JOBS', flag, true);
  return {
    backend: queueUrl === undefined ? { kind: 'embedded', folder } : { kind: 'redis', url: queueUrl, keyPrefix },
    countsWaiting: true,
    worksInApi: worksInApi || queueUrl === undefined,
    workerPort: env.read('WORKER_PORT', integer(1, 65_535), undefined),
    concurrency: env.read('QUEUE_CONCURRENCY', integer(1, 64, 'chunks'), 2),
    ttlMs: env.read('JOB_TTL', integer(1, 315_360_000, 'seconds'), 86_400) * 1000,
    maxOpenJobs: env.read('MAX_QUEUED_JOBS', integer(1, 1_000_000, 'jobs'), 1000),
    sharePerKey: {
      jobs: env.read('MAX_QUEUED_JOBS_PER_KEY', integer(1, 1_000_000, 'jobs'), 250),
      texts: env.read('MAX_QUEUED_JOB_TEXTS_PER_KEY', integer(1, 1_000_000_000, 'texts'), 2_000_000),
    },
    maxTexts: env.read('JOB_MAX_TEXTS', integer(1, 100_000_000, 'texts'), 1_000_000),
    maxBytes: env.read('JOB_MAX_MB', integer(1, 1_048_576, 'MiB'), 1024) * BYTES_PER_MIB,
    webhooks: {
      secret: env.readSecret('WEBHOOK_SECRET', webhookSecret, undefined),
      allowPrivate: env.read('WEBHOOK_ALLOW_PRIVATE', flag, false),
    },
  };
}
