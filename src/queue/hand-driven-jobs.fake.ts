import { temporaryFolder } from '../../test/support/temporary-folder.js';
import { KeyDirectory, KeyUsage } from '../auth/index.js';
import type { QueueSettings } from '../config/index.js';
import type { EmbeddingProvider } from '../embedding/index.js';
import { modelsOf, startedModel } from '../embedding/models.fake.js';
import { resultsToBytes, type ItemResult } from './chunk-results.js';
import { JobRules } from './job-rules.js';
import { JobsService } from './jobs.service.js';
import { QueueShares } from './queue-shares.js';
import { ChunkRunner } from './runner/chunk-runner.js';
import { EmbeddedJobQueue } from './runner/embedded-job-queue.js';
import { JobFeeder } from './runner/job-feeder.js';
import { FakeTextProvider } from './runner/text-provider.fake.js';
import { LmdbJobStore } from './store/lmdb-job-store.js';

const TTL_MS = 86_400_000;

const SETTINGS: QueueSettings = {
  backend: { kind: 'embedded', folder: '' },
  worksInApi: false,
  workerPort: undefined,
  countsWaiting: true,
  concurrency: 1,
  ttlMs: TTL_MS,
  maxOpenJobs: 10,
  sharePerKey: { jobs: 10, texts: 1_000_000 },
  maxTexts: 100_000,
  maxBytes: 1e9,
  webhooks: { secret: undefined, allowPrivate: false },
};

const NO_KEYS = new KeyDirectory({ apiKeys: [], keysFile: undefined, adminKey: undefined, store: undefined });

/** For tests: jobs in a real store. Chunks are done, and time passes, only when the test says so. */
export class HandDrivenJobs {
  readonly settings = SETTINGS;
  readonly usage = new KeyUsage(NO_KEYS);
  readonly shares = new QueueShares(NO_KEYS, SETTINGS);
  readonly service: JobsService;
  readonly store: LmdbJobStore;
  private readonly runner: ChunkRunner;

  /** @param sharedQueue The queue of several processes; undefined = this process does all jobs. */
  constructor(provider: EmbeddingProvider, now: () => number, sharedQueue?: EmbeddedJobQueue) {
    this.store = LmdbJobStore.open(temporaryFolder(), { now, ttlMs: TTL_MS });
    const models = modelsOf([startedModel(provider)]);
    const feeder = new JobFeeder({
      store: this.store,
      queue: sharedQueue ?? new EmbeddedJobQueue(),
      models,
      isAlone: sharedQueue === undefined,
    });
    this.service = new JobsService(this.store, SETTINGS, feeder, this.usage, this.shares, new JobRules(models));
    const observer = { textsDone: () => undefined, chunkRetried: () => undefined, chunkSplit: () => undefined };
    this.runner = new ChunkRunner({
      store: this.store,
      models: { ofSpace: () => ({ provider: new FakeTextProvider() }) },
      cacheScope: 'shared',
      observer,
      signal: new AbortController().signal,
    });
  }

  /** Does one chunk of a job: by default the first that is to do, or the one at this index. */
  async doChunk(jobId: string, index = 0): Promise<void> {
    const chunk = (await this.store.nextChunks(jobId, index + 1))[index];
    if (chunk === undefined) throw new Error(`the job has no chunk ${index} to do`);
    await this.runner.run(chunk);
  }

  /** Ends the first chunk that is to do with these results, as a worker does. */
  async endChunk(jobId: string, results: readonly ItemResult[]): Promise<void> {
    const [chunk] = await this.store.nextChunks(jobId, 1);
    if (chunk === undefined) throw new Error('the job has no chunk to do');
    const failed = results.filter((result) => 'error' in result).length;
    await this.store.complete(chunk, { bytes: resultsToBytes(results), completed: results.length - failed, failed });
  }

  async doAll(jobId: string): Promise<void> {
    while ((await this.store.nextChunks(jobId, 1)).length > 0) await this.doChunk(jobId);
  }

  /** Expires everything whose time is over. */
  async expire(): Promise<void> {
    while ((await this.store.expire(100)) > 0);
  }

  async close(): Promise<void> {
    await this.store.close();
  }
}
