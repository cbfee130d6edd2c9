import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { withDeadline } from './with-deadline.js';

const NEVER = 3_600_000;

/** Waits for the abort of its signal, as a request to a receiver that hangs does. */
async function hang(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  return await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

describe('withDeadline', () => {
  it('returns the result of the task', async () => {
    const { signal } = new AbortController();
    expect(await withDeadline({ signal, timeoutMs: NEVER }, () => Promise.resolve('answer'))).toBe('answer');
  });

  it('ends every task in time, even if garbage was collected meanwhile', async () => {
    const { signal } = new AbortController();
    const tasks = Array.from({ length: 16 }, async () => await withDeadline({ signal, timeoutMs: 100 }, hang));
    const ended = Promise.allSettled(tasks);
    collectGarbage();
    expect((await ended).map((task) => task.status === 'rejected' && String(task.reason))).toEqual(
      Array.from({ length: 16 }, () => 'Error: no answer within 100 ms'),
    );
  });

  it.each([
    ['before the task', true],
    ['while the task runs', false],
  ])('ends the task with the reason of a signal that aborts %s', async (_, isBefore) => {
    const stopping = new AbortController();
    if (isBefore) stopping.abort(new Error('stopping'));
    const task = withDeadline({ signal: stopping.signal, timeoutMs: NEVER }, hang);
    stopping.abort(new Error('stopping'));
    await expect(task).rejects.toThrow('stopping');
  });
});
