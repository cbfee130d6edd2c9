import type { Embedding, StageTimes } from '../embedding/index.js';
import type { EmbeddingRenderer } from './embedding-renderer.js';

/** An answer ready to be sent, with what the interceptors say and count of it. */
export interface EmbedAnswer<Body extends string | Buffer = string> {
  readonly body: Body;
  readonly texts: number;
  readonly cachedTexts: number;
  /** Which those are, where they are some of several. */
  readonly cachedIndexes?: readonly number[];
  /** That the model read for these texts, whenever it did. */
  readonly tokens: number;
  readonly stages: StageTimes;
  /** Fingerprint of the space of these vectors; undefined = the provider's. */
  readonly space?: string;
}

interface Rendering {
  readonly model: string;
  readonly renderer: EmbeddingRenderer;
  readonly stages: StageTimes;
}

/** The EmbedResponse of one text. Written by hand: its vector is kept as text. */
export function answerOne(embedding: Embedding, { model, renderer, stages }: Rendering): EmbedAnswer {
  const startedAt = performance.now();
  const body = writeOne(embedding, renderer.toJson(embedding), model);
  stages.atLeast('serialize', performance.now() - startedAt);
  return { body, texts: 1, cachedTexts: embedding.cached ? 1 : 0, tokens: embedding.tokens, stages };
}

/** `vector` as JSON. */
export function writeOne(embedding: Embedding, vector: string, model: string): string {
  const { cached, tokens } = embedding;
  return `{"embedding":${vector},"cached":${cached},"model":${JSON.stringify(model)},"tokens":${tokens},"truncated":${isTruncated(embedding)}}`;
}

/** The EmbedBatchResponse of some texts. */
export function answerMany(embeddings: readonly Embedding[], { model, renderer, stages }: Rendering): EmbedAnswer {
  const startedAt = performance.now();
  const vectors = embeddings.map((embedding) => renderer.toJson(embedding)).join(',');
  const cached = embeddings.flatMap((embedding, index) => (embedding.cached ? [index] : []));
  const cachedTexts = cached.length;
  const tokens = embeddings.reduce((sum, embedding) => sum + embedding.tokens, 0);
  const truncated = embeddings.map(isTruncated).join(',');
  const body =
    `{"embeddings":[${vectors}],"count":${embeddings.length},"cached_count":${cachedTexts},"model":${JSON.stringify(model)},` +
    `"tokens":${tokens},"truncated":[${truncated}]}`;
  stages.atLeast('serialize', performance.now() - startedAt);
  const isPartial = cachedTexts > 0 && cachedTexts < embeddings.length;
  return { body, texts: embeddings.length, cachedTexts, tokens, stages, ...(isPartial && { cachedIndexes: cached }) };
}

function isTruncated({ tokens, inputTokens }: Embedding): boolean {
  return inputTokens > tokens;
}
