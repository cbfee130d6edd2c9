import type { ChunkSize, Document, PackedChunks } from '../../chunks/index.js';
import type { Embedding, EmbeddingProvider, Priority } from '../embedding-provider.port.js';
import type { Flow } from './text-scheduler.js';

/** The end of a text that is cut off when the text is too long. */
export type CutOff = 'start' | 'end';

/** How the texts of one call are read. */
export interface Reading {
  /** What to do with a text that is too long. */
  readonly fit: CutOff | 'windows';
  /** Put before each text, and before each window of one; '' = nothing. Never cut off. */
  readonly prompt: string;
}

/** A document to cut, and the prompt that stands before each chunk. */
export interface Cutting extends Document, ChunkSize, Pick<Reading, 'prompt'> {}

/** A text, or a window of one, whose tokens are known. */
export interface PreparedText {
  /** Tokens after the cut, prompt and special tokens included. */
  readonly tokens: number;
  /** Tokens before the cut; of a window: its own. */
  readonly inputTokens: number;
  /** Tokens after the cut without prompt and special tokens. */
  readonly ownTokens: number;
}

export interface ComputedText {
  /** Has length one. */
  readonly vector: Float32Array<ArrayBuffer>;
  readonly queueMs: number;
  readonly computeMs: number;
}

export interface Arrival {
  readonly signal: AbortSignal;
  /** When the texts were admitted, on the clock of performance.now(). */
  readonly arrivedAt: number;
}

/** Computes vectors in the order that its scheduler decides. One for each kind of provider. */
export interface EmbeddingQueue<Text extends PreparedText, Computed extends ComputedText> extends Pick<
  EmbeddingProvider,
  'space' | 'traits' | 'isProven' | 'workload' | 'longestWaitMs' | 'processCounts' | 'close'
> {
  /** Milliseconds until the texts that wait now are computed, by the speed of the last ones. */
  readonly waitingMs: number;
  waitingTextsOf(priority: Priority): number;
  /** Opens the place in line that the texts of one call share. */
  openFlow(priority: Priority): Flow;
  /** Counts the tokens of each text and makes those that are too long fit. Gives, in the order of `texts`, the windows of each: one unless they are asked for. */
  prepare(texts: readonly string[], reading: Reading): Promise<readonly (readonly Text[])[]>;
  /** Finds the chunks of a document; see `cutText`. */
  cut(cutting: Cutting): Promise<PackedChunks>;
  /** Each promise resolves to the text's vector, or rejects with a ServiceError. */
  submit(flow: Flow, texts: readonly Text[], arrival: Arrival): readonly Promise<Computed>[];
  /** Throws a ServiceError when the vector cannot be used. */
  embeddingOf(text: Text, computed: Computed): Embedding;
}
