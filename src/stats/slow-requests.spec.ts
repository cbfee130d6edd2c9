import { SlowRequests, slowestOf, type SlowRequest } from './slow-requests.js';

const MINUTE_MS = 60_000;

let now: number;
let requests: SlowRequests;

beforeEach(() => {
  now = 0;
  requests = new SlowRequests(() => now);
});

function requestOf(ms: number): SlowRequest {
  return { at: now, requestId: String(ms), route: 'POST /embed', status: 200, ms };
}

function offer(ms: number): void {
  if (requests.takes(ms)) requests.keep(requestOf(ms));
}

describe('SlowRequests', () => {
  it('keeps the twenty slowest, the slowest first', () => {
    for (const ms of Array.from({ length: 100 }, (_, index) => (index * 37) % 100)) offer(ms);
    expect(requests.read().map(({ ms }) => ms)).toEqual(Array.from({ length: 20 }, (_, index) => 99 - index));
  });

  it('does not take what is faster than all that it keeps', () => {
    for (let ms = 1; ms <= 20; ms++) offer(ms);
    expect([requests.takes(1), requests.takes(1.5)]).toEqual([false, true]);
  });

  it('takes faster ones five minutes later', () => {
    for (let ms = 101; ms <= 120; ms++) offer(ms);
    now = 5 * MINUTE_MS;
    offer(1);
    expect(requests.read()).toHaveLength(20);
    now = 61 * MINUTE_MS;
    expect(requests.read().map(({ ms }) => ms)).toEqual([1]);
  });

  it('forgets what is older than an hour', () => {
    offer(500);
    now = 30 * MINUTE_MS;
    offer(5);
    now = 60 * MINUTE_MS;
    expect(requests.read().map(({ ms }) => ms)).toEqual([500, 5]);
    now++;
    expect(requests.read().map(({ ms }) => ms)).toEqual([5]);
  });

  it('merges those of several processes', () => {
    expect(slowestOf([[requestOf(3), requestOf(1)], [requestOf(2)]]).map(({ ms }) => ms)).toEqual([3, 2, 1]);
  });
});
