import { inputTypeOf, jsonItems, onlyTextOf, type Dialect, type EmbeddingResult } from '../embed-api/index.js';
import type { Embedding } from '../embedding/index.js';
import { ServiceError } from '../errors/index.js';
import { openAiErrorOf } from '../http/index.js';
import { CreateEmbeddingRequest } from './create-embedding.dto.js';
import { inputsOf } from './embedding-input.js';
import { readTexts } from './read-texts.js';
import { dimensionsOf, truncateOf, vectorFormOf, type VectorForm } from './voyage-and-jina.dto.js';

/** POST /v1/embeddings, and the bodies in batch files. */
export const openAiDialect: Dialect<CreateEmbeddingRequest> = {
  bodyClass: CreateEmbeddingRequest,
  async read(body, limits) {
    const { input, model, normalized, partial } = body;
    const inputs = inputsOf(input);
    const texts = await readTexts(inputs, limits);
    return {
      texts,
      fieldOf: (index) => inputs[index]?.field ?? 'input',
      model,
      dimensions: dimensionsOf(body),
      truncate: truncateOf(body),
      normalize: normalized,
      outputTypes: [vectorFormOf(body).type],
      inputType: inputTypeOf(body),
      isPartial: partial === true,
    };
  },
  *write(result, body) {
    const { outcomes, tokens, model } = result;
    const form = vectorFormOf(body);
    yield '{"object":"list","data":[';
    yield* jsonItems(outcomes, (outcome, index) => itemOf(index, outcome, form, result));
    yield `],"model":${JSON.stringify(model)},"usage":{"prompt_tokens":${tokens},"total_tokens":${tokens}}}`;
  },
  plain(body, limits) {
    if (!CreateEmbeddingRequest.accepts(body)) return undefined;
    const { input, model, encoding_format: format } = body;
    const text = onlyTextOf(input, limits);
    return text === undefined ? undefined : { body, text, model, form: format === 'base64' ? 'openai, base64' : 'openai, float' };
  },
};

function itemOf(index: number, outcome: Embedding | ServiceError, form: VectorForm, { vectors }: EmbeddingResult): string {
  if (outcome instanceof ServiceError) return errorItem(index, outcome, form);
  const vector = form.isBase64 ? `"${vectors.base64(outcome, form.type)}"` : vectors.json(outcome, form.type);
  const truncated = outcome.inputTokens > outcome.tokens ? ',"truncated":true' : '';
  return `{"object":"embedding","index":${index},"embedding":${vector}${truncated}}`;
}

/** It has an empty vector, because clients decode the vectors of all items. */
function errorItem(index: number, error: ServiceError, { isBase64 }: VectorForm): string {
  const vector = isBase64 ? '""' : '[]';
  return `{"object":"error","index":${index},"embedding":${vector},"error":${JSON.stringify(openAiErrorOf(error).answer.error)}}`;
}
