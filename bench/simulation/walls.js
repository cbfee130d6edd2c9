import { highestRate } from './highest-rate.js';

/** @typedef {import('./fleet.js').Configuration} Configuration */
/** @typedef {Omit<import('./traffic.js').Traffic, 'perSecond'>} Traffic */
/** @typedef {{ name: string, setting: string, traffic: Traffic, configuration: Configuration }} Wall */

/** @type {Configuration} */
export const oneInstance = {
  instances: 1,
  cores: 64,
  httpProcesses: 1,
  redisServers: 0,
  limit: 1_000_000,
  wideSpeedup: 1.6,
  groupTokens: 128,
  msPerRun: 0,
  restartMs: 1500,
};
const hundredInstances = { ...oneInstance, instances: 100, cores: 8, redisServers: 1 };

/** @type {Traffic} */
const misses = { hitRate: 0, tokens: [27, 37], textsPerRequest: 1, callers: 1000 };
const hits = { ...misses, hitRate: 1 };
const mostlyHits = { ...misses, hitRate: 0.95 };

const several = (/** @type {number} */ httpProcesses) => ({ ...oneInstance, httpProcesses, redisServers: 1 });

/** Where the first wall stands, and what the setting that moves it gives. @type {readonly Wall[]} */
export const walls = [
  { name: '64 cores, misses', setting: 'defaults', traffic: misses, configuration: oneInstance },
  { name: '64 cores, misses', setting: 'WEB_CONCURRENCY=4', traffic: misses, configuration: several(4) },
  { name: '64 cores, misses', setting: 'WEB_CONCURRENCY=16', traffic: misses, configuration: several(16) },
  { name: '64 cores, hits', setting: 'defaults', traffic: hits, configuration: oneInstance },
  { name: '64 cores, hits', setting: 'WEB_CONCURRENCY=2', traffic: hits, configuration: several(2) },
  { name: '64 cores, hits', setting: 'WEB_CONCURRENCY=8', traffic: hits, configuration: several(8) },
  { name: '100 instances, 95 % hits', setting: 'one Redis', traffic: mostlyHits, configuration: hundredInstances },
  {
    name: '100 instances, 95 % hits',
    setting: 'RATE_LIMIT_REQUESTS=0',
    traffic: mostlyHits,
    configuration: { ...hundredInstances, limit: 0 },
  },
  {
    name: '100 instances, 95 % hits',
    setting: 'cluster of 4',
    traffic: mostlyHits,
    configuration: { ...hundredInstances, redisServers: 4 },
  },
  {
    name: '... half from one key',
    setting: 'cluster of 4',
    traffic: { ...mostlyHits, hotCallerShare: 0.5 },
    configuration: { ...hundredInstances, redisServers: 4 },
  },
];

/** @param {Wall} wall @param {{ seed: number, fromMs: number, untilMs: number }} span @param {import('./parts.js').Parts} parts */
export function findWall({ name, setting, traffic, configuration }, span, parts) {
  const { perSecond, result } = highestRate({ configuration, traffic, span }, parts);
  const [[resource, share] = ['', 0]] = Object.entries(result.busy).sort(([, left], [, right]) => right - left);
  return { name, setting, perSecond, resource, share, p95: result.latencyMs.p95 };
}
