import { Logger } from '@nestjs/common';
import type { Models } from '../../embedding/index.js';
import { isFinished, type Job, type JobError } from '../job.js';
import type { JobStore } from '../store/job-store.port.js';
import type { JobQueue } from './job-queue.port.js';
import { UnservedJobs } from './unserved-jobs.js';

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
  private readonly logger = new Logger('Jobs');
  private readonly unserved: UnservedJobs;

  constructor(private readonly options: JobFeederOptions) {
    const { queue } = options;
    this.unserved = new UnservedJobs({ queue, now: Date.now, report: (message) => this.logger.warn(message) });
  }

  async feed(jobId: string): Promise<void> {
    const job = await this.options.store.get(jobId);
    if (job !== undefined) await this.offer(job);
  }

  async feedAll(): Promise<void> {
    const { store, models, isAlone } = this.options;
    const others: Job[] = [];
    for (const job of await store.openJobs(JOBS_IN_LINE)) {
      if (models.ofSpace(job.space) !== undefined) await this.offer(job);
      else if (isAlone) await store.stop(job.id, 'failed', otherSpace(job));
      else others.push(job);
    }
    await this.unserved.look(others);
  }

  /** Why nothing of a job is done; undefined = it has ended, or a process has its model. Rejects if the queue does not answer. */
  async whyWaiting(job: Job): Promise<string | undefined> {
    return isFinished(job) || this.options.isAlone ? undefined : await this.unserved.whyWaiting(job);
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
