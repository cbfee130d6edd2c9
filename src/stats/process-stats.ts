import type { DayUse, KeyUse } from '../auth/index.js';
import type { CacheSize } from '../cache/index.js';
import type { Workload } from '../embedding/index.js';
import type { AccountShare } from '../queue/index.js';
import type { Topic } from '../link/index.js';
import type { DayStats, KeyStats, StatsResponse } from './stats.dto.js';

/** The figures of one process, or of several together. */
export interface ProcessStats {
  readonly served: Pick<StatsResponse, 'model' | 'embedding_dim' | 'provider' | 'space'>;
  readonly cache: CacheSize & { readonly hits: number; readonly misses: number };
  readonly queue: Workload;
  /** By key. A key that was just created may be missing in some processes. */
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

interface OtherKeyFigures {
  /** What each key has queued or active now. */
  readonly queued: readonly AccountShare[];
  /** Undefined = it cannot be read at the moment. */
  readonly days: readonly DayUse[] | undefined;
}

/** The figures by key, which only admins may see. */
export function keyStats({ keys }: ProcessStats, { queued, days }: OtherKeyFigures): KeyStats[] {
  return keys.map(({ jobTexts, lastUsedAt, ...counts }) => ({
    ...counts,
    job_texts: jobTexts,
    enqueued: enqueuedOf(counts.name, queued),
    last_used_at: lastUsedAt === undefined ? null : new Date(lastUsedAt).toISOString(),
    days: days === undefined ? null : days.filter(({ name }) => name === counts.name).map(dayStats),
  }));
}

function dayStats({ day, requests, refused, texts, tokens, jobTexts }: DayUse): DayStats {
  return { day, requests, refused, texts, tokens, job_texts: jobTexts };
}

function enqueuedOf(name: string, queued: readonly AccountShare[]): KeyStats['enqueued'] {
  const { jobs = 0, texts = 0 } = queued.find(({ account }) => account === name) ?? {};
  return { jobs, texts };
}

function added(left: ProcessStats, right: ProcessStats): ProcessStats {
  const areShared = left.cache.areShared || right.cache.areShared;
  return {
    served: right.served,
    cache: {
      entries: areShared ? Math.max(left.cache.entries, right.cache.entries) : left.cache.entries + right.cache.entries,
      areShared,
      hits: left.cache.hits + right.cache.hits,
      misses: left.cache.misses + right.cache.misses,
      memoryBytes: left.cache.memoryBytes + right.cache.memoryBytes,
    },
    queue: {
      waiting: left.queue.waiting + right.queue.waiting,
      active: left.queue.active + right.queue.active,
      delayed: left.queue.delayed + right.queue.delayed,
      completed: left.queue.completed + right.queue.completed,
      failed: left.queue.failed + right.queue.failed,
    },
    keys: addedUses(left.keys, right.keys),
    uptimeSeconds: Math.max(left.uptimeSeconds, right.uptimeSeconds),
  };
}

function addedUses(left: readonly KeyUse[], right: readonly KeyUse[]): readonly KeyUse[] {
  const byName = new Map(left.map((use) => [use.name, use]));
  for (const use of right) {
    const known = byName.get(use.name);
    byName.set(use.name, known === undefined ? use : addedUse(known, use));
  }
  return [...byName.values()];
}

function addedUse(left: KeyUse, right: KeyUse): KeyUse {
  return {
    name: left.name,
    role: left.role,
    requests: left.requests + right.requests,
    refused: left.refused + right.refused,
    texts: left.texts + right.texts,
    tokens: left.tokens + right.tokens,
    jobTexts: left.jobTexts + right.jobTexts,
    lastUsedAt: later(left.lastUsedAt, right.lastUsedAt),
  };
}

function later(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? (left ?? right) : Math.max(left, right);
}
