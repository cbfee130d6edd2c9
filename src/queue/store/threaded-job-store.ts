import type { JobStoreThreadData } from './job-store-messages.js';
import { JobStoreThread } from './job-store-client.js';
import type { JobStore } from './job-store.port.js';

type Method = keyof JobStore;

/** The jobs of a folder, kept by a thread of its own, so that the main thread does not wait for the disk. */
export class ThreadedJobStore implements JobStore {
  readonly create: JobStore['create'] = this.through('create');
  readonly addChunk: JobStore['addChunk'] = this.through('addChunk');
  readonly submit: JobStore['submit'] = this.through('submit');
  readonly discard: JobStore['discard'] = this.through('discard');
  readonly get: JobStore['get'] = this.through('get');
  readonly list: JobStore['list'] = this.through('list');
  readonly openJobs: JobStore['openJobs'] = this.through('openJobs');
  readonly nextChunks: JobStore['nextChunks'] = this.through('nextChunks');
  readonly begin: JobStore['begin'] = this.through('begin');
  readonly putBack: JobStore['putBack'] = this.through('putBack');
  readonly complete: JobStore['complete'] = this.through('complete');
  readonly split: JobStore['split'] = this.through('split');
  readonly stop: JobStore['stop'] = this.through('stop');
  readonly resultsAt: JobStore['resultsAt'] = this.through('resultsAt');
  readonly resultsFrom: JobStore['resultsFrom'] = this.through('resultsFrom');
  readonly totals: JobStore['totals'] = this.through('totals');
  readonly shares: JobStore['shares'] = this.through('shares');
  readonly expire: JobStore['expire'] = this.through('expire');
  readonly takeMessages: JobStore['takeMessages'] = this.through('takeMessages');
  readonly settleMessage: JobStore['settleMessage'] = this.through('settleMessage');

  private constructor(private readonly thread: JobStoreThread) {}

  /** Resolves when jobs can be kept, or when it is certain that they cannot: then every call rejects and says so. */
  static async open(data: JobStoreThreadData): Promise<ThreadedJobStore> {
    const thread = new JobStoreThread(data);
    await thread.started;
    return new ThreadedJobStore(thread);
  }

  findFault(): Promise<string | undefined> {
    return Promise.resolve(this.thread.isAlive ? undefined : 'jobs cannot be kept');
  }

  async close(): Promise<void> {
    if (this.thread.isAlive) await this.thread.call('close', []);
  }

  private through<M extends Method>(method: M): JobStore[M] {
    return (async (...args: readonly unknown[]) => await this.thread.call(method, args)) as JobStore[M];
  }
}
