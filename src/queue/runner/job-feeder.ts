import type { Job } from '../job.js';
import type { JobStore } from '../store/job-store.port.js';
import type { JobQueue } from './job-queue.port.js';

/** Chunks of one job that are in line at the same time: all workers may be at one job, and a large job leaves room for others. */
const CHUNKS_IN_LINE = 32;
/** Jobs of one account that have chunks in line at the same time, the oldest first. */
const JOBS_IN_LINE = 32;

interface JobFeederOptions {
  readonly store: JobStore;
  readonly queue: JobQueue;
  /** The space of the vectors that this process computes. */
  readonly space: string;
  /** Whether this is the only process, so that no other process can have the model of a job in another space. */
  readonly isAlone: boolean;
}

/** Puts the chunks that are to do into the queue. Chunks that the queue has lost, by a crash at the wrong moment, are offered again. */
export class JobFeeder {
  constructor(private readonly options: JobFeederOptions) {}

  async feed(jobId: string): Promise<void> {
    const job = await this.options.store.get(jobId);
    if (job !== undefined) await this.offer(job);
  }

  async feedAll(): Promise<void> {
    const { store, space, isAlone } = this.options;
    for (const job of await store.openJobs(JOBS_IN_LINE)) {
      if (job.space === space) await this.offer(job);
      else if (isAlone) await store.stop(job.id, 'failed', OTHER_SPACE);
    }
  }

  private async offer({ id, account }: Job): Promise<void> {
    const { store, queue } = this.options;
    await queue.offer(await store.nextChunks(id, CHUNKS_IN_LINE), account);
  }
}

const OTHER_SPACE = {
  code: 'conflict_space',
  message: 'The service was started with another model before the job was done; vectors of two models are not mixed. Send the job again.',
};
