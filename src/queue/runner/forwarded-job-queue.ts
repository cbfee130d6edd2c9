import type { ProcessLink, Topic } from '../../process-link/index.js';
import type { ChunkRef } from '../job.js';
import type { JobQueue, QueueCounts } from './job-queue.port.js';

const OFFER: Topic<readonly ChunkRef[], void> = { name: 'offer-chunks' };
const TIMEOUT_MS = 2_000;

/** The line of the one process that does jobs, as those that serve beside it see it: they offer and never work. */
export class ForwardedJobQueue implements JobQueue {
  constructor(private readonly supervisor: ProcessLink) {}

  async offer(chunks: readonly ChunkRef[]): Promise<void> {
    await this.supervisor.ask(OFFER, chunks, TIMEOUT_MS);
  }

  work(): void {
    throw new Error('Jobs are done by the first HTTP process alone');
  }

  counts(): Promise<QueueCounts> {
    return Promise.resolve({ waiting: 0, active: 0, delayed: 0 });
  }

  async close(): Promise<void> {
    // nothing is worked on here
  }
}

/** The end of the process that does the jobs. */
export function takeOffers(supervisor: ProcessLink, queue: JobQueue): void {
  supervisor.answer(OFFER, async (chunks) => await queue.offer(chunks, ''));
}

/** The supervisor's end. While the process that does jobs is away an offer fails; once it is back it looks for itself. */
export function passOnOffers(from: ProcessLink, worker: () => ProcessLink | undefined): void {
  from.answer(OFFER, async (chunks) => await worker()?.ask(OFFER, chunks, TIMEOUT_MS));
}
