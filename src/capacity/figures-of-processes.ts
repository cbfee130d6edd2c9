import { SETTINGS, type Demand } from './demand.js';
import { shown, type Figure } from './figure.js';
import { BUSIEST_SHARE, type MeasuredCosts } from './measured-costs.js';
import { ratesOf } from './rates.js';

type Names = 'inferenceCores' | 'httpCores' | 'otherCores' | 'cores' | 'instances' | 'httpProcesses' | 'inferenceProcesses' | 'memory';

interface Choice {
  /** Each request then asks the rate limit there, and each request the cache, and each miss writes. */
  readonly usesRedis: boolean;
}

/** Cores, instances, processes and memory. */
export function figuresOfProcesses(demand: Demand, costs: MeasuredCosts, { usesRedis }: Choice): Readonly<Record<Names, Figure>> {
  const inferenceCores = inferenceFigure(demand, costs);
  const httpCores = usesRedis ? httpFigureWithRedis(demand, costs) : httpFigure(demand, costs);
  const otherCores = threadsFigure(demand, costs);
  const cores = sumFigure([inferenceCores, httpCores, otherCores]);
  const instances = instancesFigure(cores.value, demand.coresPerMachine);
  const httpProcesses = httpProcessesFigure(httpCores.value, instances.value);
  const inferenceProcesses = inferenceProcessesFigure(demand, instances.value);
  const memory = memoryFigure(demand, costs, httpProcesses.value);
  return { inferenceCores, httpCores, otherCores, cores, instances, httpProcesses, inferenceProcesses, memory };
}

function inferenceFigure(demand: Demand, costs: MeasuredCosts): Figure {
  const { misses } = ratesOf(demand);
  const { tokens, modelCost = costs.inferenceMsPerToken } = demand;
  return {
    label: 'CPU of inference',
    value: (misses * tokens * modelCost) / 1000,
    unit: 'cores',
    arithmetic: `${shown(misses)} misses/s x ${shown(tokens)} tokens x ${shown(modelCost)} ms`,
  };
}

function httpFigure(demand: Demand, { hitMicroseconds, missMicroseconds }: MeasuredCosts): Figure {
  const { hits, misses } = ratesOf(demand);
  return {
    label: 'CPU of HTTP',
    value: (hits * hitMicroseconds + misses * missMicroseconds) / 1e6,
    unit: 'cores',
    arithmetic: `${shown(hits)} hits/s x ${hitMicroseconds} us + ${shown(misses)} misses/s x ${missMicroseconds} us`,
  };
}

function httpFigureWithRedis(demand: Demand, costs: MeasuredCosts): Figure {
  const alone = httpFigure(demand, costs);
  const calls = 2 * demand.requests + ratesOf(demand).misses;
  return {
    ...alone,
    value: alone.value + (calls * costs.redisCallMicroseconds) / 1e6,
    arithmetic: `${alone.arithmetic} + ${shown(calls)} Redis calls/s x ${costs.redisCallMicroseconds} us`,
  };
}

function threadsFigure(demand: Demand, { missThreadsMicroseconds }: MeasuredCosts): Figure {
  const { misses } = ratesOf(demand);
  return {
    label: 'CPU of other threads',
    value: (misses * missThreadsMicroseconds) / 1e6,
    unit: 'cores',
    arithmetic: `${shown(misses)} misses/s x ${missThreadsMicroseconds} us of garbage collection and disk`,
  };
}

function sumFigure(parts: readonly Figure[]): Figure {
  return {
    label: 'Cores',
    value: Math.max(1, Math.ceil(parts.reduce((sum, { value }) => sum + value, 0) / BUSIEST_SHARE)),
    unit: 'cores',
    arithmetic: `(${parts.map(({ value }) => shown(value)).join(' + ')}) / ${BUSIEST_SHARE} busy, rounded up`,
  };
}

function instancesFigure(cores: number, coresPerMachine: number): Figure {
  return {
    label: 'Instances',
    value: Math.ceil(cores / coresPerMachine),
    unit: 'machines',
    arithmetic: `${shown(cores)} cores / ${shown(coresPerMachine)} of a machine, rounded up`,
  };
}

function httpProcessesFigure(httpCores: number, instances: number): Figure {
  const value = Math.max(1, Math.ceil(httpCores / instances / BUSIEST_SHARE));
  const arithmetic = `${shown(httpCores)} cores / ${shown(instances)} instances / ${BUSIEST_SHARE} busy, rounded up: set WEB_CONCURRENCY`;
  return { label: 'HTTP processes', value, unit: 'per instance', arithmetic };
}

function inferenceProcessesFigure({ coresPerMachine }: Demand, instances: number): Figure {
  return {
    label: 'Inference processes',
    value: coresPerMachine,
    unit: 'per instance',
    arithmetic: `one for each core (EMBEDDING_WORKERS), ${shown(coresPerMachine * instances)} in all`,
  };
}

function memoryFigure({ coresPerMachine }: Demand, costs: MeasuredCosts, httpProcesses: number): Figure {
  const { httpProcessMebibytes, inferenceProcessMebibytes } = costs;
  const { cacheMemoryMebibytes } = SETTINGS;
  return {
    label: 'Memory',
    value: httpProcesses * httpProcessMebibytes + cacheMemoryMebibytes + coresPerMachine * inferenceProcessMebibytes,
    unit: 'MiB per instance',
    arithmetic: `${httpProcesses} x ${httpProcessMebibytes} + ${cacheMemoryMebibytes} (CACHE_MEMORY_MB) + ${shown(coresPerMachine)} x ${inferenceProcessMebibytes}`,
  };
}
