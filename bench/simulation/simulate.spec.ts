import { MEASURED_COSTS } from '../../src/capacity/measured-costs.js';
import { MemoryByteCache } from '../../src/cache/memory-byte-cache.js';
import { InferenceArbiter } from '../../src/embedding/scheduling/inference-arbiter.js';
import { TextScheduler } from '../../src/embedding/scheduling/text-scheduler.js';
import { MemoryThrottlerStorage } from '../../src/throttler/memory-throttler-storage.js';
import { SimulatedClock } from './clock.js';
import type { Configuration } from './fleet.js';
import { highestRate } from './highest-rate.js';
import { Machine } from './machine.js';
import { simulate, type Result, type Scenario } from './simulate.js';
import { Thread } from './thread.js';
import { poissonRequests, type Traffic } from './traffic.js';

const PARTS = { TextScheduler, InferenceArbiter, MemoryThrottlerStorage, MemoryByteCache, costs: MEASURED_COSTS };
const ONE: Configuration = {
  instances: 1,
  cores: 2,
  httpProcesses: 1,
  redisServers: 0,
  limit: 1_000_000,
  wideSpeedup: 1.5,
  groupTokens: 128,
  msPerRun: 0,
  restartMs: 100,
};
const TEN: Configuration = { ...ONE, instances: 10, cores: 8, redisServers: 1 };
const MISSES: Omit<Traffic, 'perSecond'> = { hitRate: 0, tokens: [27, 37], textsPerRequest: 1, callers: 100 };
const HITS = { ...MISSES, hitRate: 1 };

function run(configuration: Configuration, traffic: Traffic, more: Partial<Scenario> & { seed?: number } = {}): Result {
  const { seed = 1, ...others } = more;
  const requests = poissonRequests(traffic, { seed, untilMs: 500 });
  return simulate({ configuration, requests, fromMs: 100, untilMs: 700, ...others }, PARTS);
}

function wallOf(configuration: Configuration, traffic = MISSES): { perSecond: number; result: Result } {
  return highestRate({ configuration, traffic, span: { seed: 1, fromMs: 200, untilMs: 1200 } }, PARTS);
}

describe('the simulated machine', () => {
  function threads(cores: number, weights: readonly number[]): { clock: SimulatedClock; machine: Machine; all: Thread[] } {
    const clock = new SimulatedClock();
    const machine = new Machine(clock, cores);
    return { clock, machine, all: weights.map((weight) => new Thread(machine, weight)) };
  }

  it('gives each thread a core, and divides cores by weight where there are too few', () => {
    const { clock, machine, all } = threads(1, [3, 1]);
    const ended: number[] = [];
    for (const thread of all) thread.run(3000, () => ended.push(clock.now));
    clock.runUntil(10_000);
    expect(ended).toHaveLength(2);
    expect(ended[0]).toBeGreaterThan(3950);
    expect(ended[0]).toBeLessThan(4050);
    expect(ended[1]).toBeCloseTo(6000, 0);
    expect(machine.busyMs).toBeCloseTo(6000, 0);
  });

  it('lets a thread with more weight interrupt at once, and one with the same weight wait for a tick', () => {
    const { clock, all } = threads(1, [1, 3, 1]);
    const [light, heavy, equal] = all;
    const ended: [string, number][] = [];
    light?.run(20, () => ended.push(['light', clock.now]));
    clock.at(1, () => heavy?.run(0.5, () => ended.push(['heavy', clock.now])));
    clock.at(2, () => equal?.run(0.5, () => ended.push(['equal', clock.now])));
    clock.runUntil(100);
    expect(ended).toEqual([
      ['heavy', expect.closeTo(1.5)],
      ['equal', expect.closeTo(4.5)],
      ['light', expect.closeTo(21, 0)],
    ]);
  });

  it('shares work among threads that have cores, and halts it while the first has none', () => {
    const { clock, all } = threads(2, [1, 1, 3]);
    const [first, helper, other] = all;
    let endedAt = 0;
    if (first !== undefined && helper !== undefined) first.runWith([helper], { cpuMs: 9, speedup: 1.5, done: () => (endedAt = clock.now) });
    clock.at(2, () => other?.run(2, () => undefined));
    clock.runUntil(100);
    expect(endedAt).toBeCloseTo(8, 0);
  });
});

describe('the simulated service', () => {
  it('gives the same result for the same seed, and another for another', () => {
    const traffic = { ...MISSES, perSecond: 500 };
    expect(run(ONE, traffic)).toEqual(run(ONE, traffic));
    expect(run(ONE, traffic, { seed: 2 })).not.toEqual(run(ONE, traffic));
  });

  it('computes on two cores as many texts a second as their CPU time allows', () => {
    const { missMicroseconds, missThreadsMicroseconds, inferenceMsPerToken } = MEASURED_COSTS;
    const cpuMs = (missMicroseconds + missThreadsMicroseconds) / 1000 + 32 * inferenceMsPerToken;
    const { perSecond } = wallOf(ONE);
    expect(perSecond / (2000 / cpuMs)).toBeGreaterThan(0.85);
    expect(perSecond / (2000 / cpuMs)).toBeLessThan(1.1);
  });

  it('finds one HTTP process to be the first wall before 64 inference processes, and moves it with several', () => {
    const wide = { ...ONE, cores: 64 };
    const one = run(wide, { ...MISSES, perSecond: 4000 });
    expect(one.busy['HTTP process']).toBeGreaterThan(0.98);
    expect(one.perSecond).toBeLessThan(2600);
    const four = run({ ...wide, httpProcesses: 4, redisServers: 1 }, { ...MISSES, perSecond: 4000 });
    expect(four.outcomes.answered / four.arrived).toBeGreaterThan(0.99);
  });

  it('answers an overload in the time that the connections of the load generator take in turns', () => {
    const load = { requestMicroseconds: 100, connections: 32 };
    const requests = poissonRequests({ ...MISSES, perSecond: 3000 }, { seed: 1, untilMs: 2000 });
    const { latencyMs, perSecond } = simulate({ configuration: ONE, requests, fromMs: 500, untilMs: 2000, load }, PARTS);
    expect(latencyMs.p50 / (32_000 / perSecond)).toBeGreaterThan(0.95);
    expect(latencyMs.p50 / (32_000 / perSecond)).toBeLessThan(1.05);
  });

  it('runs a text that comes alone on all cores, and others on one', () => {
    const lone = run(ONE, { ...MISSES, perSecond: 20 }, { fromMs: 0 });
    expect(lone.wideRuns / lone.runs).toBeGreaterThan(0.9);
    expect(run(ONE, { ...MISSES, perSecond: 2000 }).wideRuns).toBeLessThan(5);
  });

  it('loads one server of a cluster with a key that sends most requests', () => {
    const cluster = { ...TEN, redisServers: 4 };
    const spread = run(cluster, { ...HITS, perSecond: 30_000 }, { untilMs: 500 });
    const hot = run(cluster, { ...HITS, perSecond: 30_000, hotCallerShare: 1 }, { untilMs: 500 });
    expect(spread.busy['Redis']).toBeLessThan(0.4);
    expect(hot.busy['Redis']).toBeGreaterThan(0.6);
  });

  it('computes a new text that many ask for at most once in each HTTP process', () => {
    const result = run(TEN, { ...MISSES, perSecond: 5000, hotText: { atMs: 200, share: 0.9 } }, { fromMs: 0 });
    expect(result.computedAgain).toBeLessThanOrEqual(9);
    expect(result.outcomes.answered).toBe(result.arrived);
  });

  it('answers every request although inference processes end', () => {
    const result = run({ ...ONE, cores: 8 }, { ...MISSES, perSecond: 1000 }, { fromMs: 0, untilMs: 2000, killEveryMs: 40 });
    expect(result.kills).toBeGreaterThan(5);
    expect(result.outcomes).toEqual({ answered: result.arrived, limited: 0, full: 0, failed: 0 });
  });

  it('refuses what the rate limit refuses', () => {
    const result = run({ ...ONE, limit: 5 }, { ...HITS, callers: 2, perSecond: 1000 }, { fromMs: 0 });
    expect(result.outcomes.answered).toBe(10);
    expect(result.outcomes.limited).toBe(result.arrived - 10);
  });
});
