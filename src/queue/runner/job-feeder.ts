import type { JobStore } from '../store/job-store.port.js';
import type { JobQueue } from './job-queue.port.js';

/** Chunks of one job that are in line at the same time: all workers may be at one job, and a large job leaves room for others. */
const CHUNKS_IN_LINE = 32;
/** Jobs that have chunks in line at the same time, the oldest first. */
const JOBS_IN_LINE = 64;

interface JobFeederOptions {
  readonly store: JobStore;
  readonly queue: JobQueue;
  /** Of the vectors that this process computes. */
  readonly space: string;
  /** Whether no other process may have the model of a job that is not of this space. */
  readonly isAlone: boolean;
}

/** Puts what is to do in line. What the line has lost, by a crash at the wrong moment, comes into it again here. */
export class JobFeeder {
  constructor(private readonly options: JobFeederOptions) {}

  async feed(jobId: string): Promise<void> {
    const { store, queue } = this.options;
    await queue.offer(await store.nextChunks(jobId, CHUNKS_IN_LINE));
  }

  async feedAll(): Promise<void> {
    const { store, space, isAlone } = this.options;
    for (const job of await store.openJobs(JOBS_IN_LINE)) {
      if (job.space === space) await this.feed(job.id);
      else if (isAlone) await store.stop(job.id, 'failed', OTHER_SPACE);
    }
  }
}

const OTHER_SPACE = {
  code: 'conflict_space',
  message: 'The service was started with another model before the job was done; vectors of two models are not mixed. Send the job again.',
};
