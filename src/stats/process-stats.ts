import type { KeyUse } from '../auth/index.js';
import type { CacheSize } from '../cache/index.js';
import type { Workload } from '../embedding/index.js';
import type { AccountShare } from '../queue/index.js';
import type { Topic } from '../link/index.js';
import type { KeyStats, StatsResponse } from './stats.dto.js';

/** The figures of one process, or of several together. */
export interface ProcessStats {
  readonly served: Pick<StatsResponse, 'model' | 'embedding_dim' | 'provider' | 'space'>;
  readonly cache: CacheSize & { readonly hits: number; readonly misses: number };
  readonly queue: Workload;
  /** By key; the same keys in each process. */
  readonly keys: readonly KeyUse[];
  readonly uptimeSeconds: number;
}

/** Asked of every replica. */
export const STATS: Topic<void, ProcessStats> = { name: 'stats' };

/** The figures of all replicas together. Counts of a replica that has ended are gone. */
export function summed(replicas: readonly ProcessStats[]): ProcessStats {
  return replicas.reduce(added);
}

/** The part that everybody may see. */
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

/** The figures by key, which only admins may see. `queued`: what each key has queued or active now. */
export function keyStats({ keys }: ProcessStats, queued: readonly AccountShare[]): KeyStats[] {
  return keys.map(({ jobTexts, lastUsedAt, ...counts }) => ({
    ...counts,
    job_texts: jobTexts,
    enqueued: enqueuedOf(counts.name, queued),
    last_used_at: lastUsedAt === undefined ? null : new Date(lastUsedAt).toISOString(),
  }));
}

function enqueuedOf(name: string, queued: readonly AccountShare[]): KeyStats['enqueued'] {
  const { jobs = 0, texts = 0 } = queued.find(({ account }) => account === name) ?? {};
  return { jobs, texts };
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
    keys: one.keys.map((use, index) => addedUse(use, other.keys[index])),
    uptimeSeconds: Math.max(one.uptimeSeconds, other.uptimeSeconds),
  };
}

/** Both are of one key: each process lists the keys in the order of the settings. */
function addedUse(one: KeyUse, other: KeyUse | undefined): KeyUse {
  if (other === undefined) return one;
  return {
    name: one.name,
    role: one.role,
    requests: one.requests + other.requests,
    refused: one.refused + other.refused,
    texts: one.texts + other.texts,
    tokens: one.tokens + other.tokens,
    jobTexts: one.jobTexts + other.jobTexts,
    lastUsedAt: later(one.lastUsedAt, other.lastUsedAt),
  };
}

function later(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}
