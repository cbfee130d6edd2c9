import { setImmediate, setTimeout } from 'node:timers/promises';
import { startDeadline } from './deadline.js';

describe('a deadline', () => {
  it('expires once its time is over', async () => {
    const expired = await new Promise<string>((resolve) => startDeadline(10, () => resolve('expired')));
    expect(expired).toBe('expired');
  });

  it('does not expire when it is stopped, not even between its timer and the messages that wait', async () => {
    let expirations = 0;
    const stop = startDeadline(10, () => expirations++);
    await setTimeout(5);
    stop();
    const stopLate = startDeadline(1, () => expirations++);
    await setTimeout(1); // in the turn of its timer, or before
    stopLate();
    await setImmediate();
    await setTimeout(20);
    expect(expirations).toBe(0);
  });

  it('starts again with its whole time when it fires late, as after a process was stopped', async () => {
    const started: number[] = [];
    let time = 0;
    const now = (): number => {
      started.push(time);
      const reading = time;
      time += started.length === 1 ? 20_000 : 0; // the process was stopped after it started the timer
      return reading;
    };
    const startedAt = performance.now();
    await new Promise<void>((resolve) => startDeadline(40, resolve, now));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(78);
  });
});
