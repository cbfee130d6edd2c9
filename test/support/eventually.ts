import { setTimeout as delay } from 'node:timers/promises';

const ASK_EVERY_MS = 25;

/** Asks until the answer is neither undefined nor false, and returns it. Rejects with `what` when that takes too long. */
export async function eventually<T>(what: string, ask: () => Promise<T> | T, timeoutMs = 30_000): Promise<Exclude<T, undefined | false>> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>;
    if (performance.now() > until) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await delay(ASK_EVERY_MS);
  }
}
