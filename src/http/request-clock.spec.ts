import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { arrivedAt, elapsedMs } from './request-clock.js';

describe('the clock of a request', () => {
  it('starts once, when it is first asked for', () => {
    const request = new IncomingMessage(new Socket());
    const before = performance.now();
    const first = arrivedAt(request);
    expect(first).toBeGreaterThanOrEqual(before);
    expect(arrivedAt(request)).toBe(first);
    expect(elapsedMs(request)).toBeLessThanOrEqual(performance.now() - before);
  });
});
