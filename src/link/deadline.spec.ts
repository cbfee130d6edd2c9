import { setTimeout } from 'node:timers/promises';
import { startDeadline } from './deadline.js';

describe('a deadline', () => {
  it('expires once its time is over', async () => {
    const expired = await new Promise<string>((resolve) => startDeadline(10, () => resolve('expired')));
    expect(expired).toBe('expired');
  });

  it('does not expire when it is stopped before its time is over', async () => {
    let expirations = 0;
    const stop = startDeadline(10, () => expirations++);
    stop();
    await setTimeout(30);
    expect(expirations).toBe(0);
  });

  it('does not expire when it is stopped after its timer fired, by a message that waited', async () => {
    let expirations = 0;
    const stop = startDeadline(1, () => expirations++);
    const stopped = setTimeout(2).then(stop);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10); // both timers are due, so both fire in one turn
    await stopped;
    await setTimeout(30);
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
