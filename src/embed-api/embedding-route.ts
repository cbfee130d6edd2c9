import { applyDecorators, HttpCode, Post, type Type } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, type ApiResponseSchemaHost } from '@nestjs/swagger';
import { COMMON_HEADERS } from '../http/index.js';
import { AnswersEmbeddings } from './request/answers-embeddings.js';

/** The errors of every route for embeddings. */
const STATUSES = [400, 404, 409, 413, 415, 429, 500, 502, 503, 504];

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

/** The header of answers about several texts. */
const CACHED_TEXTS_HEADER = {
  'X-Cached-Texts': {
    description: 'Where X-Cache is `partial`: the indexes of the texts whose vectors were stored before, with commas between',
    schema: { type: 'string', example: '0,2' },
  },
};

/** A route for embeddings, as its dialect describes it. */
interface EmbeddingRouteOptions {
  readonly path?: string | string[];
  readonly summary: string;
  /** The body of its answer: a class, or a schema. */
  readonly answer: Type | ApiResponseSchemaHost['schema'];
  /** Describes errors with these statuses in the shape of the dialect. */
  readonly errors: (...statuses: readonly number[]) => MethodDecorator;
  /** The headers of all its answers, beside those about embeddings. */
  readonly headers?: object;
  /** How many texts it takes. */
  readonly takes: 'one text' | 'texts';
}

/** A route that answers with vectors: sends, counts and describes an EmbedAnswer in the same way for all dialects. */
export function EmbeddingRoute({ path, summary, answer, errors, headers = COMMON_HEADERS, takes }: EmbeddingRouteOptions): MethodDecorator {
  return applyDecorators(
    Post(path),
    AnswersEmbeddings(),
    ApiOperation({ summary }),
    HttpCode(200),
    ApiHeader({ name: 'Cache-Control', required: false, description: '`no-cache` computes again and stores, `no-store` does not store' }),
    ApiHeader({
      name: 'X-Require-Embedding-Space',
      required: false,
      description: 'Answer only if this is the space of the vectors, else 409',
    }),
    ApiOkResponse({
      ...(typeof answer === 'function' ? { type: answer } : { schema: answer }),
      headers: { ...headers, ...EMBEDDING_HEADERS, ...(takes === 'texts' && CACHED_TEXTS_HEADER) },
    }),
    errors(...STATUSES),
  );
}
