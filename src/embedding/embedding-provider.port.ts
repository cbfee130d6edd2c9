import type { ChunkSize, Document, PackedChunks } from '../chunks/index.js';
import type { EmbeddingSpace } from './embedding-space.js';
import type { ModelTraits } from './model-traits.js';
import type { StageTimes } from './stage-times.js';
import type { TokenBudget } from './token-budget.port.js';

/**
 * Turns texts into vectors. Every provider, and everything that decorates one, has this shape.
 *
 * `embed` answers at once with one promise per text, in the order of `texts`, so that a text that fails or is late does
 * not hold up the others. Each promise resolves to an Embedding or rejects with a ServiceError; the caller must handle
 * all of them. Calls may run at the same time. When `signal` aborts, texts that nothing computes yet are dropped and
 * reject with the code `aborted`.
 */
export interface EmbeddingProvider {
  readonly space: EmbeddingSpace;
  readonly traits: ModelTraits;
  /** Throws a ServiceError at once for an input type that the model does not have. */
  embed(texts: readonly string[], options: EmbedOptions): readonly Promise<Embedding>[];
  /**
   * Where the chunks of a document are, none longer than asked, for texts of this input type. Rejects with a ServiceError
   * whose faults name `chunk.tokens`, `chunk.overlap`, `input_type` or `title`.
   */
  cut(document: Document, options: CutOptions): Promise<PackedChunks>;
  state(): ModelState;
  /** Whether a recently computed vector shows that it works; if not, readiness computes one. */
  isProven(): boolean;
  workload(): Workload;
  /** How long the text that waits longest has waited for its computation; 0 = none waits. */
  longestWaitMs(priority: Priority): number;
  processCounts(): ProcessCounts;
  /** Finishes what runs, refuses what waits, and ends every process that the provider started. */
  close(): Promise<void>;
}

/** Whether the model is in memory; `failed`: it could not be loaded, and a later use will try again. That of another service counts as loaded. */
export const MODEL_STATES = ['loaded', 'loading', 'unloaded', 'failed'] as const;
export type ModelState = (typeof MODEL_STATES)[number];

/** Counts texts, not calls; the last two since the start. */
export interface Workload {
  readonly waiting: number;
  readonly active: number;
  /** Texts that wait for their second try. */
  readonly delayed: number;
  readonly completed: number;
  readonly failed: number;
}

export function addedWorkload(left: Workload, right: Workload): Workload {
  return {
    waiting: left.waiting + right.waiting,
    active: left.active + right.active,
    delayed: left.delayed + right.delayed,
    completed: left.completed + right.completed,
    failed: left.failed + right.failed,
  };
}

/** Inference processes, by what they do; all zero for a provider that has none. */
export interface ProcessCounts {
  readonly starting: number;
  readonly idle: number;
  readonly busy: number;
  /** Bytes of memory that they took when they had loaded the model. */
  readonly loadedBytes: number;
  /** See ModelState. */
  readonly state: ModelState;
  /** The reason for this number of processes, in words; undefined = the model runs elsewhere. */
  readonly plan: string | undefined;
}

/** `interactive`: a caller waits for the answer. `background`: bulk work, done when no caller waits. */
export const PRIORITIES = ['interactive', 'background'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** How a call uses the cache: `refresh` computes and stores without looking, `skip-store` leaves no trace. */
export type CacheUse = 'normal' | 'refresh' | 'skip-store';

/** How to handle a text that is longer than the model reads: refuse it, cut off its start or its end, or read it in windows and take the mean of their vectors. */
export const TRUNCATIONS = ['error', 'start', 'end', 'mean'] as const;
export type Truncate = (typeof TRUNCATIONS)[number];

export interface CutOptions extends ChunkSize {
  /** See EmbedOptions. */
  readonly inputType?: string | undefined;
}

export interface EmbedOptions {
  readonly signal: AbortSignal;
  readonly priority: Priority;
  readonly cacheUse: CacheUse;
  /** Only callers of the same scope share cached vectors and computations (CACHE_SCOPE); '' and undefined = one for all. */
  readonly cacheScope?: string | undefined;
  /** Is told how long each stage took. */
  readonly stages: StageTimes;
  /** Undefined = `end`. With `error` a text that is too long rejects with the code `text_too_long`. */
  readonly truncate?: Truncate | undefined;
  /** Reserves the tokens of texts before they are computed; undefined = they are not limited. */
  readonly budget?: TokenBudget | undefined;
  /** The purpose of the texts: `query`, `document` or another prompt of the model, or an alias; undefined = the model's default. */
  readonly inputType?: string | undefined;
}

export interface Embedding {
  /** Has length one (L2), in the space of the provider. Shared: must not be changed. */
  readonly vector: Float32Array<ArrayBuffer>;
  /** The length of the model's vector before it was scaled; undefined = only the scaled one is known. */
  readonly length?: number | undefined;
  /** Tokens that the model read, prompt and special tokens included. */
  readonly tokens: number;
  /** Tokens of the whole text; more than `tokens` when the text was cut. */
  readonly inputTokens: number;
  /** In how many windows the text was read, if it was just computed from several. */
  readonly windows?: number | undefined;
  /** Whether it was stored before it was asked for. */
  readonly cached: boolean;
}
