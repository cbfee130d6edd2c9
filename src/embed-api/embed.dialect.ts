import type { Embedding } from '../embedding/index.js';
import { wellFormed } from '../texts/index.js';
import { EmbedBatchRequest, EmbedRequest, inputTypeOf } from './embed.dto.js';
import type { Dialect } from './request/dialect.port.js';

/** POST /embed. */
export const embedDialect: Dialect<EmbedRequest> = {
  bodyClass: EmbedRequest,
  read: (body) => ({ texts: [wellFormed(body.text)], fieldOf: () => 'text', truncate: body.truncate, inputType: inputTypeOf(body) }),
  *write({ embeddings, space, vectors }) {
    for (const embedding of embeddings) {
      const { cached, tokens } = embedding;
      yield `{"embedding":${vectors.json(embedding)},"cached":${cached},"model":${JSON.stringify(space.model)},`;
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
    truncate: body.truncate,
    inputType: inputTypeOf(body),
  }),
  *write({ embeddings, cachedTexts, tokens, space, vectors }) {
    yield '{"embeddings":[';
    for (const [index, embedding] of embeddings.entries()) yield (index === 0 ? '' : ',') + vectors.json(embedding);
    yield `],"count":${embeddings.length},"cached_count":${cachedTexts},"model":${JSON.stringify(space.model)},`;
    yield `"tokens":${tokens},"truncated":[${embeddings.map(isTruncated).join(',')}]}`;
  },
  plain: () => undefined,
};

function isTruncated({ tokens, inputTokens }: Embedding): boolean {
  return inputTokens > tokens;
}
