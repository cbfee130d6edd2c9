import type { EmbeddingSpace } from './embedding-space.js';
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
  embed(texts: readonly string[], options: EmbedOptions): readonly Promise<Embedding>[];
  /** Whether a vector computed lately shows that it works; if not, readiness computes one to see. */
  isProven(): boolean;
  workload(): Workload;
  /** How long the text that waits longest has waited for its computation; 0 = none waits. */
  longestWaitMs(priority: Priority): number;
  processCounts(): ProcessCounts;
  /** Finishes what runs, refuses what waits, and ends every process that the provider started. */
  close(): Promise<void>;
}

/** Texts, not calls; the last two since the start. */
export interface Workload {
  readonly waiting: number;
  readonly active: number;
  /** Wait for their second try. */
  readonly delayed: number;
  readonly completed: number;
  readonly failed: number;
}

/** Inference processes by what they do; all zero for a provider that has none. */
export interface ProcessCounts {
  readonly starting: number;
  readonly idle: number;
  readonly busy: number;
}

/** `interactive`: somebody waits for the answer. `background`: bulk work, done when nobody waits. */
export const PRIORITIES = ['interactive', 'background'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** What the caller wants of the cache: `refresh` computes anew and stores, `skip-store` leaves no trace. */
export type CacheUse = 'normal' | 'refresh' | 'skip-store';

/** What becomes of a text that is longer than the model reads: it is refused, or its start or its end is cut off. */
export const TRUNCATIONS = ['error', 'start', 'end'] as const;
export type Truncate = (typeof TRUNCATIONS)[number];

export interface EmbedOptions {
  readonly signal: AbortSignal;
  readonly priority: Priority;
  readonly cacheUse: CacheUse;
  /** Is told how long each stage took. */
  readonly stages: StageTimes;
  /** Undefined = `end`. With `error` a text that is too long rejects with the code `text_too_long`. */
  readonly truncate?: Truncate | undefined;
  /** Is asked for the tokens of texts before they are computed; undefined = they are not limited. */
  readonly budget?: TokenBudget | undefined;
}

export interface Embedding {
  /** Of length one (L2), in the space of the provider. Shared: never changed by anyone. */
  readonly vector: Float32Array<ArrayBuffer>;
  /** Tokens that the model read, special tokens included. */
  readonly tokens: number;
  /** Tokens of the whole text; more than `tokens` when the text was cut. */
  readonly inputTokens: number;
  /** Whether it was stored before it was asked for. */
  readonly cached: boolean;
}

/** The provider that configuration selects. */
export const EMBEDDING_PROVIDER = Symbol('EMBEDDING_PROVIDER');
