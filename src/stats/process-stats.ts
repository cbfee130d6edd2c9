import type { CacheSize } from '../cache/index.js';
import type { Workload } from '../embedding/index.js';
import type { ServiceTotal } from '../process-link/index.js';
import type { StatsResponse } from './stats.dto.js';

/** What a process knows of itself, or of all. */
export interface ProcessStats {
  readonly served: Pick<StatsResponse, 'model' | 'embedding_dim' | 'provider' | 'space'>;
  readonly cache: CacheSize & { readonly hits: number; readonly misses: number };
  readonly queue: Workload;
  readonly uptimeSeconds: number;
}

export const STATS_TOTAL: ServiceTotal<ProcessStats> = {
  ofProcess: { name: 'stats-of-process' },
  ofService: { name: 'stats-of-service' },
  merge: (parts) => parts.reduce(added),
  remains: ({ served, cache: { hits, misses, areShared }, queue: { completed, failed }, uptimeSeconds }) => ({
    served,
    cache: { hits, misses, areShared, entries: 0, memoryBytes: 0 },
    queue: { completed, failed, waiting: 0, active: 0, delayed: 0 },
    uptimeSeconds,
  }),
};

export function statsResponse({ served, cache, queue, uptimeSeconds }: ProcessStats): StatsResponse {
  const { entries, hits, misses, memoryBytes } = cache;
  const hitRate = hits + misses === 0 ? 0 : hits / (hits + misses);
  return {
    ...served,
    cache: { entries, hits, misses, hit_rate: hitRate, memory_bytes: memoryBytes },
    queue,
    uptime_seconds: Math.floor(uptimeSeconds),
  };
}

function added(one: ProcessStats, other: ProcessStats): ProcessStats {
  const areShared = one.cache.areShared || other.cache.areShared;
  return {
    served: other.served,
    cache: {
      entries: areShared ? Math.max(one.cache.entries, other.cache.entries) : one.cache.entries + other.cache.entries,
      areShared,
      hits: one.cache.hits + other.cache.hits,
      misses: one.cache.misses + other.cache.misses,
      memoryBytes: one.cache.memoryBytes + other.cache.memoryBytes,
    },
    queue: {
      waiting: one.queue.waiting + other.queue.waiting,
      active: one.queue.active + other.queue.active,
      delayed: one.queue.delayed + other.queue.delayed,
      completed: one.queue.completed + other.queue.completed,
      failed: one.queue.failed + other.queue.failed,
    },
    uptimeSeconds: Math.max(one.uptimeSeconds, other.uptimeSeconds),
  };
}
