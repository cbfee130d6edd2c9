import { setTimeout } from 'node:timers/promises';
import { jobAnswer } from '../job-answer.js';
import { isFinished, type Job } from '../job.js';

const LOOK_EVERY_MS = 500;
/** Shorter than the time after which proxies close a silent connection (60 s for most). */
const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 2_000;

interface EventsOptions {
  /** Reads the job again. */
  readonly read: () => Promise<Job>;
  /** Ends the events. */
  readonly signal: AbortSignal;
  readonly lookEveryMs?: number;
  readonly heartbeatMs?: number;
}

/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): `progress` at once, even
 * after a reconnect, and after each change; then an event named after the last status of the job, and the end of the stream.
 */
export async function* jobEvents({
  read,
  signal,
  lookEveryMs = LOOK_EVERY_MS,
  heartbeatMs = HEARTBEAT_MS,
}: EventsOptions): AsyncGenerator<string> {
  yield `retry: ${RECONNECT_MS}\n\n`;
  let last: string | undefined;
  let saidAt = Date.now();
  while (!signal.aborted) {
    const job = await read();
    const id = `${job.status}-${job.completed + job.failed}`;
    if (id !== last || isFinished(job)) {
      yield `event: ${isFinished(job) ? job.status : 'progress'}\nid: ${id}\ndata: ${JSON.stringify(jobAnswer(job))}\n\n`;
      saidAt = Date.now();
    } else if (Date.now() - saidAt >= heartbeatMs) {
      yield ': still here\n\n';
      saidAt = Date.now();
    }
    if (isFinished(job)) return;
    last = id;
    await setTimeout(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
}
