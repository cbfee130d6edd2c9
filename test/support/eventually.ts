import { setTimeout as delay } from 'node:timers/promises';

/** Rarely after a while, because each question takes time from what is waited for. */
const pauseMs = (waitedMs: number): number => (waitedMs < 1000 ? 25 : 100);

/** Asks until the answer is neither undefined nor false, and returns it. Rejects with `what` when that takes too long. */
export async function eventually<T>(what: string, ask: () => Promise<T> | T, timeoutMs = 30_000): Promise<Exclude<T, undefined | false>> {
  const startedAt = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>;
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > timeoutMs) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await delay(pauseMs(waitedMs));
  }
}
