import { simulate } from './simulate.js';
import { poissonRequests } from './traffic.js';
import { oneInstance } from './walls.js';

const span = { fromMs: 500, untilMs: 2500 };
/** @type {import('./traffic.js').Traffic} */
const traffic = { perSecond: 20_000, hitRate: 0.5, tokens: [27, 37], textsPerRequest: 1, callers: 1000 };
const fleet = { ...oneInstance, instances: 100, cores: 8, redisServers: 1 };

/** What happens at a fixed rate when something goes wrong, at 100 instances of 8 cores. */
const events = [
  { name: 'nothing', traffic, more: {} },
  { name: 'an inference process is killed every 10 ms', traffic, more: { killEveryMs: 10 } },
  { name: 'half of the requests ask for one new text', traffic: { ...traffic, hotText: { atMs: 1000, share: 0.5 } }, more: {} },
  { name: 'half of the requests come from one key', traffic: { ...traffic, hotCallerShare: 0.5 }, more: {} },
];

/** @param {import('./parts.js').Parts} parts @param {number} seed */
export function runEvents(parts, seed) {
  return events.map(({ name, traffic: ofEvent, more }) => {
    const requests = poissonRequests(ofEvent, { seed, untilMs: span.untilMs });
    return { name, result: simulate({ configuration: fleet, requests, ...span, ...more }, parts) };
  });
}
