import fc from 'fast-check';
import type { Demand } from './demand.js';
import { figureLine } from './figure.js';
import { planCapacity } from './plan-capacity.js';

const USUAL: Demand = { requests: 5000, textsPerRequest: 1, hitRate: 0.8, tokens: 64, keys: 10, dimensions: 384, coresPerMachine: 8 };

/** Of these, more demand never needs less. */
const GROWING = ['inferenceCores', 'httpCores', 'otherCores', 'cores', 'instances', 'networkIn', 'networkOut', 'limitOfOneKey'];
const GROWING_IN_REDIS = ['redisCalls', 'redisCommands', 'redisServers', 'redisOfOneKey', 'redisVectors', 'redisLimits', 'redisTraffic'];

const demands: fc.Arbitrary<Demand> = fc.record({
  requests: fc.integer({ min: 1, max: 100_000 }),
  textsPerRequest: fc.integer({ min: 1, max: 100 }),
  hitRate: fc.double({ min: 0, max: 1, noNaN: true }),
  tokens: fc.integer({ min: 1, max: 512 }),
  keys: fc.integer({ min: 1, max: 1000 }),
  dimensions: fc.integer({ min: 1, max: 4096 }),
  coresPerMachine: fc.integer({ min: 1, max: 128 }),
});

function valuesOf(demand: Demand): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(planCapacity(demand)).map(([name, { value }]) => [name, value]));
}

/** The figures that are smaller for the demand that is larger. */
function shrunk(less: Demand, more: Demand): readonly string[] {
  const [before, after] = [valuesOf(less), valuesOf(more)];
  return [...GROWING, ...GROWING_IN_REDIS].filter((name) => (after[name] ?? 0) < (before[name] ?? 0));
}

describe('planCapacity', () => {
  it('never needs less for more requests, or for more tokens of each text', () => {
    fc.assert(
      fc.property(demands, fc.integer({ min: 1, max: 1000 }), (demand, more) => {
        expect(shrunk(demand, { ...demand, requests: demand.requests + more })).toEqual([]);
        expect(shrunk(demand, { ...demand, tokens: demand.tokens + more })).toEqual([]);
      }),
    );
  });

  it('never needs more cores if more texts are in the cache', () => {
    fc.assert(
      fc.property(demands, fc.double({ min: 0, max: 1, noNaN: true }), (demand, other) => {
        const [low, high] = [Math.min(demand.hitRate, other), Math.max(demand.hitRate, other)];
        const [more, less] = [valuesOf({ ...demand, hitRate: low }), valuesOf({ ...demand, hitRate: high })];
        expect(less['cores']).toBeLessThanOrEqual(more['cores'] ?? 0);
      }),
    );
  });

  it('leaves no HTTP process busier than it should be, and gives each instance the cores that it needs', () => {
    fc.assert(
      fc.property(demands, (demand) => {
        const { httpCores = 0, httpProcesses = 0, instances = 0, cores = 0 } = valuesOf(demand);
        expect(httpCores / (httpProcesses * instances)).toBeLessThanOrEqual(0.7 + 1e-9);
        expect(instances * demand.coresPerMachine).toBeGreaterThanOrEqual(cores);
      }),
    );
  });

  it('plans no Redis for what one process can do', () => {
    const plan = planCapacity({ ...USUAL, requests: 50 });
    expect(plan['instances']?.value).toBe(1);
    expect(Object.keys(plan).filter((name) => name.startsWith('redis'))).toEqual([]);
  });

  it('counts the commands of the rate limit, the reads and the writes of Redis', () => {
    const { redisCalls, redisCommands } = valuesOf({ ...USUAL, coresPerMachine: 2 });
    expect([redisCalls, redisCommands]).toEqual([expect.closeTo(5000 + 5000 + 1000), expect.closeTo(8 * 5000 + 5000 + 1000)]);
  });

  it('takes the cost of another model', () => {
    const [own, other] = [valuesOf(USUAL), valuesOf({ ...USUAL, modelCost: 0.65 })];
    expect(other['inferenceCores']).toBeCloseTo(10 * (own['inferenceCores'] ?? 0));
  });

  it('says what to set if one key calls more often than a limit can allow', () => {
    expect(planCapacity(USUAL)['limitOfOneKey']?.arithmetic).toContain('RATE_LIMIT_REQUESTS must be higher');
    expect(planCapacity({ ...USUAL, requests: 50_000, keys: 1 })['limitOfOneKey']?.arithmetic).toContain('a shorter RATE_LIMIT_WINDOW');
  });

  it('shows each number with its arithmetic', () => {
    const { inferenceCores } = planCapacity(USUAL);
    expect(inferenceCores && figureLine(inferenceCores)).toMatch(
      /^CPU of inference +4\.16 cores +.*= 1,000 misses\/s x 64 tokens x 0\.065 ms$/,
    );
  });
});
