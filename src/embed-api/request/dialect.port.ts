import type { Embedding, EmbeddingSpace, StageTimes, Truncate } from '../../embedding/index.js';
import type { Fault, ServiceError } from '../../errors/index.js';
import type { BodyClass } from '../../http/index.js';
import type { TextLimits } from '../../texts/index.js';
import type { OutputType } from '../../vectors/index.js';
import type { VectorWriter } from './vector-writer.js';

/**
 * A way in which callers ask for embeddings: how a body is read and how an answer is written. It holds no rule of its
 * own: EmbeddingRequests checks models, sizes, spaces, counts and budgets for all dialects.
 */
export interface Dialect<Body extends object> {
  /** Says which bodies are valid, and describes them in the OpenAPI document. */
  readonly bodyClass: BodyClass<Body>;
  /** The request in a valid body. */
  read(body: Body, limits: TextLimits): EmbeddingRequest | Promise<EmbeddingRequest>;
  /** The body of the answer, in pieces. Each piece takes at most as long as one vector takes. */
  write(result: EmbeddingResult, body: Body): Iterable<string>;
  /** Undefined = the body is not plain, or not even valid; then it goes through Nest's pipeline. */
  plain(body: unknown, limits: TextLimits): PlainRequest<Body> | undefined;
  /** Whether a body is in this dialect on a route that two dialects share. */
  claims?(body: unknown): boolean;
}

/** The request in a body, the same for all dialects. Null and undefined mean the same. */
export interface EmbeddingRequest {
  /** In order. A text that is wrong is replaced by its fault. */
  readonly texts: readonly (string | Fault)[];
  /** The name that errors give the text at this index, such as `input[3]`. */
  readonly fieldOf: (index: number) => string;
  /** Absent = the default model. */
  readonly model?: string | null | undefined;
  /** Absent = the model's own size. */
  readonly dimensions?: number | null | undefined;
  /** Absent = `end`. */
  readonly truncate?: Truncate | null | undefined;
  /** A prompt of the model or an alias. Absent = the model's default. */
  readonly inputType?: string | null | undefined;
  /** The types in which vectors are written. Absent = float. */
  readonly outputTypes?: readonly OutputType[];
  /** False = vectors as the model gives them, before they are scaled to length one. Absent = true. */
  readonly normalize?: boolean | null | undefined;
  /** Whether the other texts are answered when some cannot be embedded. */
  readonly isPartial?: boolean;
}

export interface EmbeddingResult {
  /** One for each text, in order; errors only where the request is partial. */
  readonly outcomes: readonly (Embedding | ServiceError)[];
  /** The outcomes that are no errors. */
  readonly embeddings: readonly Embedding[];
  readonly cachedTexts: number;
  /** Tokens that the model read for these texts, now or when they were stored. */
  readonly tokens: number;
  /** The name of the model. */
  readonly model: string;
  /** The space of the vectors that were asked for. */
  readonly space: EmbeddingSpace;
  /** The time that each stage has taken so far. */
  readonly stages: StageTimes;
  readonly vectors: VectorWriter;
}

/** A valid request for one text, without options that change its answer, except the form of the answer. */
export interface PlainRequest<Body> {
  readonly body: Body;
  /** Well-formed Unicode. */
  readonly text: string;
  readonly model?: string | undefined;
  /** As in EmbeddingRequest. */
  readonly inputType?: string | undefined;
  /** Names the dialect and the form of its answer: answers of one form to one text are equal. Absent = each answer is another one, because it has an id or a time. */
  readonly form?: string;
}
