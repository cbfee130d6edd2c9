import { randomUUID } from 'node:crypto';
import {
  anything,
  isString,
  jsonItems,
  namedTexts,
  plainIf,
  truncationOf,
  type Dialect,
  type EmbeddingResult,
  type PlainFields,
} from '../embed-api/index.js';
import type { Embedding } from '../embedding/index.js';
import { CohereEmbedRequest, type EmbeddingType } from './cohere.dto.js';

const PLAIN_FIELDS: PlainFields = {
  texts: anything,
  model: isString,
  input_type: isString,
  truncate: (value) => value === 'END',
  embedding_types: (value) => Array.isArray(value) && value.length === 1 && value[0] === 'float',
};

/** POST /v2/embed: vectors by type. */
export const cohereDialect: Dialect<CohereEmbedRequest> = dialectOf('2', function* (result, body) {
  yield* byType(result, body.embedding_types ?? ['float']);
});

/** POST /v1/embed: vectors by type if types are given, else a list of float vectors. */
export const cohereV1Dialect: Dialect<CohereEmbedRequest> = dialectOf('1', function* (result, { embedding_types: types }) {
  if (types === undefined || types === null) yield* listOf(result, 'float');
  else yield* byType(result, types);
});

type WriteVectors = (result: EmbeddingResult, body: CohereEmbedRequest) => Iterable<string>;

function dialectOf(version: string, writeVectors: WriteVectors): Dialect<CohereEmbedRequest> {
  return {
    bodyClass: CohereEmbedRequest,
    read({ texts, model, input_type: inputType, truncate, output_dimension: dimensions, embedding_types: types }, limits) {
      const outputTypes = (types ?? []).map((type) => (type === 'base64' ? 'float' : type));
      return { ...namedTexts('texts', texts, limits), model, inputType, dimensions, outputTypes, truncate: truncationOf(truncate) };
    },
    *write(result, body) {
      yield `{"id":"${randomUUID()}","embeddings":`;
      yield* writeVectors(result, body);
      const isList = version === '1' && (body.embedding_types ?? undefined) === undefined;
      yield `,"texts":${JSON.stringify(body.texts)},"response_type":"${isList ? 'embeddings_floats' : 'embeddings_by_type'}",`;
      yield `"meta":{"api_version":{"version":"${version}"},"billed_units":{"input_tokens":${result.tokens}}}}`;
    },
    plain: plainIf(PLAIN_FIELDS, (body: CohereEmbedRequest) => ({
      text: onlyListed(body.texts),
      model: body.model,
      inputType: body.input_type,
    })),
  };
}

function* byType(result: EmbeddingResult, types: readonly EmbeddingType[]): Generator<string> {
  yield '{';
  for (const [index, type] of [...new Set(types)].entries()) {
    yield `${index === 0 ? '' : ','}"${type}":`;
    yield* listOf(result, type);
  }
  yield '}';
}

function* listOf({ embeddings, vectors }: EmbeddingResult, type: EmbeddingType): Generator<string> {
  const write = (embedding: Embedding): string => (type === 'base64' ? `"${vectors.base64(embedding)}"` : vectors.json(embedding, type));
  yield '[';
  yield* jsonItems(embeddings, write);
  yield ']';
}

/** Cohere takes no text outside a list. */
function onlyListed(texts: unknown): unknown {
  return Array.isArray(texts) ? texts : undefined;
}
