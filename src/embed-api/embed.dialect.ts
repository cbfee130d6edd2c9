import type { Embedding } from '../embedding/index.js';
import { wellFormed } from '../texts/index.js';
import { EmbedBatchRequest, EmbedRequest, inputTypeOf } from './embed.dto.js';
import type { Dialect, EmbeddingRequest } from './request/dialect.port.js';
import { jsonItems } from './request/json-items.js';

/** POST /embed. */
export const embedDialect: Dialect<EmbedRequest> = {
  bodyClass: EmbedRequest,
  read: (body) => ({ texts: [wellFormed(body.text)], fieldOf: () => 'text', ...optionsOf(body) }),
  *write({ embeddings, model, vectors }, { output_dtype: type }) {
    for (const embedding of embeddings) {
      const { cached, tokens } = embedding;
      yield `{"embedding":${vectors.json(embedding, type ?? 'float')},"cached":${cached},"model":${JSON.stringify(model)},`;
      yield `"tokens":${tokens},"truncated":${isTruncated(embedding)}}`;
    }
  },
  plain: (body, limits) =>
    EmbedRequest.accepts(body, limits) && body.text.isWellFormed() ? { body, text: body.text, form: 'embed' } : undefined,
};

/** POST /embed/batch. */
export const embedBatchDialect: Dialect<EmbedBatchRequest> = {
  bodyClass: EmbedBatchRequest,
  read: (body) => ({
    texts: body.texts.map(wellFormed),
    fieldOf: (index) => `texts[${index}]`,
    ...optionsOf(body),
  }),
  *write({ embeddings, cachedTexts, tokens, model, vectors }, { output_dtype: type }) {
    yield '{"embeddings":[';
    yield* jsonItems(embeddings, (embedding) => vectors.json(embedding, type ?? 'float'));
    yield `],"count":${embeddings.length},"cached_count":${cachedTexts},"model":${JSON.stringify(model)},`;
    yield `"tokens":${tokens},"truncated":[${embeddings.map(isTruncated).join(',')}]}`;
  },
  plain: () => undefined,
};

function optionsOf(body: EmbedRequest | EmbedBatchRequest): Omit<EmbeddingRequest, 'texts' | 'fieldOf'> {
  const { model, dimensions, truncate, output_dtype: type } = body;
  return { model, dimensions, truncate, inputType: inputTypeOf(body), outputTypes: [type ?? 'float'] };
}

function isTruncated({ tokens, inputTokens }: Embedding): boolean {
  return inputTokens > tokens;
}
