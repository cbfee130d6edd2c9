import { SETTINGS, type Demand } from './demand.js';
import { shown, type Figure } from './figure.js';
import { BUSIEST_SHARE, type MeasuredCosts } from './measured-costs.js';
import { ratesOf, vectorBytes } from './rates.js';

type Names = 'redisCalls' | 'redisCommands' | 'redisServers' | 'redisOfOneKey' | 'redisVectors' | 'redisLimits' | 'redisTraffic';

/** The Redis that instances share for the cache and the rate limit. Memory of a process serves some of the reads, so these are upper bounds. */
export function figuresOfRedis(demand: Demand, costs: MeasuredCosts): Readonly<Record<Names, Figure>> {
  return {
    redisCalls: callsFigure(demand),
    redisCommands: commandsFigure(demand, costs),
    redisServers: serversFigure(demand, costs),
    redisOfOneKey: oneKeyFigure(demand, costs),
    redisVectors: vectorsFigure(demand, costs),
    redisLimits: limitsFigure(demand, costs),
    redisTraffic: trafficFigure(demand),
  };
}

function callsFigure(demand: Demand): Figure {
  const { requests } = demand;
  const { misses } = ratesOf(demand);
  return {
    label: 'Redis calls',
    value: 2 * requests + misses,
    unit: 'a second',
    arithmetic: `${shown(requests)} of the rate limit + ${shown(requests)} reads (MGET) + ${shown(misses)} writes (SET), at most`,
  };
}

function commandsFigure(demand: Demand, { limiterCommands }: MeasuredCosts): Figure {
  const { requests } = demand;
  const { misses } = ratesOf(demand);
  return {
    label: 'Redis commands',
    value: limiterCommands * requests + requests + misses,
    unit: 'a second',
    arithmetic: `${shown(requests)} x ${limiterCommands} in the script of the rate limit + ${shown(requests)} + ${shown(misses)}`,
  };
}

function serversFigure(demand: Demand, costs: MeasuredCosts): Figure {
  const { limiterRedisMicroseconds: limiter, readRedisMicroseconds: read, writeRedisMicroseconds: write } = costs;
  const { texts, misses } = ratesOf(demand);
  const cores = (demand.requests * limiter + texts * read + misses * write) / 1e6;
  return {
    label: 'Redis servers',
    value: Math.ceil(cores / BUSIEST_SHARE),
    unit: 'of one core',
    arithmetic: `(${shown(demand.requests)} x ${limiter} us + ${shown(texts)} x ${read} us + ${shown(misses)} x ${write} us) / ${BUSIEST_SHARE} busy, rounded up`,
  };
}

/** All calls of one key go to one server of a cluster. */
function oneKeyFigure({ requests, keys }: Demand, { limiterRedisMicroseconds }: MeasuredCosts): Figure {
  return {
    label: 'Redis for one key',
    value: ((requests / keys) * limiterRedisMicroseconds) / 1e6,
    unit: 'of a server',
    arithmetic: `${shown(requests)} requests/s / ${shown(keys)} keys x ${limiterRedisMicroseconds} us; a cluster cannot divide it`,
  };
}

function vectorsFigure(demand: Demand, { redisEntryBytes }: MeasuredCosts): Figure {
  const { misses } = ratesOf(demand);
  const stored = demand.stored ?? misses * SETTINGS.cacheTtlSeconds;
  const source =
    demand.stored === undefined ? `${shown(misses)} misses/s x ${shown(SETTINGS.cacheTtlSeconds)} s (CACHE_TTL)` : shown(stored);
  return {
    label: 'Redis memory of vectors',
    value: (stored * (vectorBytes(demand.dimensions) + redisEntryBytes)) / 1024 ** 2,
    unit: 'MiB',
    arithmetic: `${source} x (${shown(vectorBytes(demand.dimensions))} + ${redisEntryBytes}) bytes; set maxmemory`,
  };
}

function limitsFigure({ requests }: Demand, { limiterEntryBytes }: MeasuredCosts): Figure {
  return {
    label: 'Redis memory of limits',
    value: (requests * SETTINGS.windowSeconds * limiterEntryBytes) / 1024 ** 2,
    unit: 'MiB',
    arithmetic: `${shown(requests)} requests/s x ${SETTINGS.windowSeconds} s (RATE_LIMIT_WINDOW) x ${limiterEntryBytes} bytes`,
  };
}

function trafficFigure(demand: Demand): Figure {
  const { texts, misses } = ratesOf(demand);
  const bytes = vectorBytes(demand.dimensions);
  return {
    label: 'Redis network',
    value: ((texts + misses) * bytes * 8) / 1e6,
    unit: 'Mbit/s',
    arithmetic: `(${shown(texts)} reads + ${shown(misses)} writes) x ${shown(bytes)} bytes x 8, at most`,
  };
}
