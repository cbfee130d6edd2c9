import { setMaxListeners } from 'node:events';

export interface Deadline {
  /** Ends the task early. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/**
 * Runs a task with a signal that aborts when `signal` does, or after `timeoutMs`. This is not
 * `AbortSignal.any([signal, AbortSignal.timeout(ms)])`: on Node 20 that signal never aborts once garbage has been collected.
 */
export async function withDeadline<T>({ signal, timeoutMs }: Deadline, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController();
  const abort = (): void => ending.abort(signal.reason);
  const timer = setTimeout(() => ending.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  setMaxListeners(0, signal); // many tasks may share one signal
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  try {
    return await task(ending.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
