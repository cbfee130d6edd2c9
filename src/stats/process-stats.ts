import type { DayUse, KeyUse } from '../auth/index.js';
import type { CacheSize } from '../cache/index.js';
import { addedWorkload, type ModelState, type Workload } from '../embedding/index.js';
import type { AccountShare } from '../queue/index.js';
import type { Topic } from '../link/index.js';
import type { DayStats, KeyStats, StatsResponse } from './stats.dto.js';

/** The figures of one model. */
export interface ModelProcessStats {
  readonly served: Pick<StatsResponse, 'model' | 'embedding_dim' | 'provider' | 'space'>;
  readonly state: ModelState;
  /** Texts that were answered from the cache, and those that were computed. */
  readonly use: { readonly hits: number; readonly misses: number };
  /** Texts of jobs that this process does not work on yet are left out. */
  readonly workload: Workload;
}

/** The figures of one process, or of several together. */
export interface ProcessStats {
  /** The default first. */
  readonly models: readonly ModelProcessStats[];
  readonly cache: CacheSize;
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
export function statsResponse({ models, cache, queue, uptimeSeconds }: ProcessStats): StatsResponse {
  const [first] = models;
  if (first === undefined) throw new Error('a service has a model');
  const { entries, memoryBytes } = cache;
  const use = models.map((model) => model.use).reduce(addedUseOfCache);
  return {
    ...first.served,
    cache: { entries, ...useOfCache(use), memory_bytes: memoryBytes },
    queue,
    models: models.map(({ served, state, use: own, workload }) => ({ ...served, state, cache: useOfCache(own), queue: workload })),
    uptime_seconds: Math.floor(uptimeSeconds),
  };
}

/** As the answer has it. */
interface CacheUse {
  readonly hits: number;
  readonly misses: number;
  readonly hit_rate: number;
}

function useOfCache({ hits, misses }: ModelProcessStats['use']): CacheUse {
  return { hits, misses, hit_rate: hits + misses === 0 ? 0 : hits / (hits + misses) };
}

interface OtherKeyFigures {
  /** The jobs and texts that each key has queued or active now. */
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
    models: left.models.map((model, index) => addedModel(model, right.models[index])),
    cache: {
      entries: areShared ? Math.max(left.cache.entries, right.cache.entries) : left.cache.entries + right.cache.entries,
      areShared,
      memoryBytes: left.cache.memoryBytes + right.cache.memoryBytes,
    },
    queue: addedWorkload(left.queue, right.queue),
    keys: addedUses(left.keys, right.keys),
    uptimeSeconds: Math.max(left.uptimeSeconds, right.uptimeSeconds),
  };
}

/** All replicas have the same models. A model is in the state that it has in the most recently added replica. */
function addedModel(left: ModelProcessStats, right: ModelProcessStats | undefined): ModelProcessStats {
  if (right === undefined) return left;
  return {
    served: right.served,
    state: right.state,
    use: addedUseOfCache(left.use, right.use),
    workload: addedWorkload(left.workload, right.workload),
  };
}

function addedUseOfCache(left: ModelProcessStats['use'], right: ModelProcessStats['use']): ModelProcessStats['use'] {
  return { hits: left.hits + right.hits, misses: left.misses + right.misses };
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
