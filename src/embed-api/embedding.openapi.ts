import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, type ApiResponseSchemaHost } from '@nestjs/swagger';
import { ApiErrors, COMMON_HEADERS } from '../http/index.js';

const EMBEDDING_HEADERS = {
  'X-Cache': {
    description: 'Whether all, some or none of the vectors were stored before',
    schema: { type: 'string', enum: ['hit', 'partial', 'miss'] },
  },
  'X-Embedding-Space': { description: 'Fingerprint of everything that decides a vector', schema: { type: 'string' } },
  'Server-Timing': {
    description: 'Milliseconds that the slowest text spent in each stage, and `total`, since the request arrived',
    schema: { type: 'string' },
  },
};

/** The headers of answers about several texts. */
export const CACHED_TEXTS_HEADER = {
  'X-Cached-Texts': {
    description: 'Where X-Cache is `partial`: the indexes of the texts whose vectors were stored before, with commas between',
    schema: { type: 'string', example: '0,2' },
  },
};

/** The answer, headers and errors of a route for embeddings. `answer`: a class, or a schema. */
export function ApiEmbeddingAnswers(
  answer: Type | ApiResponseSchemaHost['schema'],
  headers: object = COMMON_HEADERS,
  errors = ApiErrors(400, 404, 409, 413, 415, 429, 500, 502, 503, 504),
): MethodDecorator {
  return applyDecorators(
    HttpCode(200),
    ApiHeader({ name: 'Cache-Control', required: false, description: '`no-cache` computes again and stores, `no-store` does not store' }),
    ApiHeader({
      name: 'X-Require-Embedding-Space',
      required: false,
      description: 'Answer only if this is the space of the vectors, else 409',
    }),
    ApiOkResponse({
      ...(typeof answer === 'function' ? { type: answer } : { schema: answer }),
      headers: { ...headers, ...EMBEDDING_HEADERS },
    }),
    errors,
  );
}
