import type { Link } from './link.js';

/** A thread that takes longer hangs. */
const LONGEST_START_MS = 5_000;

const starting = new Set<Promise<void>>();

/** Remembers the thread at the other end of the link until its program runs. */
export function threadStarts(link: Link): void {
  const started: Promise<void> = link
    .present({ timeoutMs: LONGEST_START_MS })
    .catch(() => undefined) // it has ended, and its owner is told
    .finally(() => starting.delete(started));
  starting.add(started);
}

/** Resolves when no thread of this process is starting: a process that exits while one loads LMDB crashes. */
export async function threadsHaveStarted(): Promise<void> {
  await Promise.all(starting);
}
