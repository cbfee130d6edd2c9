import type { Models } from '../../embedding/index.js';
import type { Job, JobError } from '../job.js';
import type { JobStore } from '../store/job-store.port.js';
import type { JobQueue } from './job-queue.port.js';

/** Chunks of one job that are in line at the same time: all workers may be at one job, and a large job leaves room for others. */
const CHUNKS_IN_LINE = 32;
/** Jobs of one account that have chunks in line at the same time, the oldest first. */
const JOBS_IN_LINE = 32;

interface JobFeederOptions {
  readonly store: JobStore;
  readonly queue: JobQueue;
  /** The models that this process has. */
  readonly models: Pick<Models, 'ofSpace'>;
  /** Whether this is the only process, so that no other process can have the model of a job. */
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
    const { store, models, isAlone } = this.options;
    for (const job of await store.openJobs(JOBS_IN_LINE)) {
      if (models.ofSpace(job.space) !== undefined) await this.offer(job);
      else if (isAlone) await store.stop(job.id, 'failed', otherSpace(job));
    }
  }

  private async offer({ id, account }: Job): Promise<void> {
    const { store, queue } = this.options;
    await queue.offer(await store.nextChunks(id, CHUNKS_IN_LINE), account);
  }
}

function otherSpace({ model, space }: Job): JobError {
  const message = `The service no longer has the model ${model} as it was when the job came (space ${space}); vectors of two models are not mixed. Send the job again.`;
  return { code: 'conflict_space', message };
}
