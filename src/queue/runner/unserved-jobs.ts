import type { Job } from '../job.js';
import type { JobQueue } from './job-queue.port.js';

/** Long enough for all processes of a deployment to start and announce themselves. */
const REPORTED_AFTER_MS = 30_000;

export interface UnservedJobsOptions {
  readonly queue: Pick<JobQueue, 'isServed'>;
  readonly now: () => number;
  /** Called once for each space, and again only after it was served in between. */
  readonly report: (message: string) => void;
}

interface Unserved {
  readonly since: number;
  readonly isReported: boolean;
}

/** Finds jobs that wait because no process that does jobs has their model. */
export class UnservedJobs {
  private unserved: ReadonlyMap<string, Unserved> = new Map();

  constructor(private readonly options: UnservedJobsOptions) {}

  /** Looks at the open jobs whose model this process does not have. */
  async look(jobs: readonly Job[]): Promise<void> {
    const oldest = new Map([...jobs].reverse().map((job) => [job.space, job]));
    const found = await Promise.all([...oldest.values()].map(async (job) => ({ job, message: await this.whyWaiting(job) })));
    this.unserved = new Map(found.flatMap(({ job, message }) => (message === undefined ? [] : [[job.space, this.watched(job, message)]])));
  }

  /** Why nothing of an open job is done; undefined = a process has its model. */
  async whyWaiting({ model, space }: Job): Promise<string | undefined> {
    if (await this.options.queue.isServed(space)) return undefined;
    return `No worker has the model ${model} in the space ${space}. The job waits until one starts, or until JOB_TTL removes it.`;
  }

  private watched({ id, space }: Job, message: string): Unserved {
    const { now, report } = this.options;
    const { since, isReported } = this.unserved.get(space) ?? { since: now(), isReported: false };
    const isDue = !isReported && now() - since >= REPORTED_AFTER_MS;
    if (isDue) report(`${message} The oldest such job is ${id}.`);
    return { since, isReported: isReported || isDue };
  }
}
