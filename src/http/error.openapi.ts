import { STATUS_CODES } from 'node:http';
import { applyDecorators, type Type } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiResponse, ApiSecurity } from '@nestjs/swagger';

class FaultSchema {
  @ApiProperty({ description: 'Where in the request', example: 'texts[3]' })
  field!: string;

  @ApiProperty({ example: 'must not be empty' })
  message!: string;
}

class ErrorSchema {
  @ApiProperty({ example: 400 })
  statusCode!: number;

  @ApiProperty({ description: 'What HTTP calls the status', example: 'Bad Request' })
  error!: string;

  @ApiProperty({ description: 'For a person: what is wrong and what to change', example: 'texts[3] must not be empty' })
  message!: string;

  @ApiProperty({ description: 'For a program', example: 'invalid_request' })
  code!: string;

  @ApiPropertyOptional({ description: 'Each fault of the request', type: [FaultSchema] })
  details?: FaultSchema[];

  @ApiProperty({ description: 'As in the header X-Request-Id' })
  requestId!: string;
}

export class OpenAiErrorDetail {
  @ApiProperty({ description: 'For a person: what is wrong and what to change', example: 'input[3] must not be empty' })
  message!: string;

  @ApiProperty({ example: 'invalid_request_error' })
  type!: string;

  @ApiProperty({ description: 'The field that is wrong, if one is', type: String, nullable: true, example: 'input[3]' })
  param!: string | null;

  @ApiProperty({ description: 'For a program', example: 'invalid_request' })
  code!: string;
}

class OpenAiErrorSchema {
  @ApiProperty()
  error!: OpenAiErrorDetail;

  @ApiPropertyOptional({ description: "The message again, for Voyage's client; only on /v1/embeddings" })
  detail?: string;
}

export const REQUEST_ID_HEADER = { 'X-Request-Id': { description: "The caller's own, or a new one", schema: { type: 'string' } } } as const;

export const COMMON_HEADERS = {
  ...REQUEST_ID_HEADER,
  'X-RateLimit-Limit': { description: 'Requests allowed in a window', schema: { type: 'integer' } },
  'X-RateLimit-Remaining': { description: 'Requests left now', schema: { type: 'integer' } },
  'X-RateLimit-Reset': { description: 'Seconds until the oldest counted request leaves the window', schema: { type: 'integer' } },
} as const;

const CHALLENGE = { 'WWW-Authenticate': { description: 'How to send a key', schema: { type: 'string' } } } as const;

const RETRY_AFTER = { 'Retry-After': { description: 'Seconds after which to try again', schema: { type: 'integer' } } } as const;

const RETRY_AFTER_MS = {
  'Retry-After-Ms': { description: "The same in milliseconds, which OpenAI's clients read first", schema: { type: 'integer' } },
} as const;

export const OPENAI_HEADERS = {
  ...COMMON_HEADERS,
  'X-RateLimit-Limit-Requests': { description: 'As X-RateLimit-Limit', schema: { type: 'integer' } },
  'X-RateLimit-Remaining-Requests': { description: 'As X-RateLimit-Remaining', schema: { type: 'integer' } },
  'X-RateLimit-Reset-Requests': { description: 'As X-RateLimit-Reset, written like 6m0s', schema: { type: 'string' } },
} as const;

/** On answers about embeddings, where tokens are limited. */
export const OPENAI_TOKEN_HEADERS = {
  'X-RateLimit-Limit-Tokens': { description: 'Tokens allowed in a window; where they are limited', schema: { type: 'integer' } },
  'X-RateLimit-Remaining-Tokens': { description: 'Tokens left now; where they are limited', schema: { type: 'integer' } },
  'X-RateLimit-Reset-Tokens': {
    description: 'Until the oldest counted tokens leave the window, written like 6m0s; where they are limited',
    schema: { type: 'string' },
  },
} as const;

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'Invalid request; `details` names each fault',
  401: 'No key, or one that is not known',
  403: 'The key is not of the role admin',
  404: 'Not found',
  409: 'Not in this state, or not in this embedding space',
  413: 'Body too large',
  415: 'Body of another type than the route takes',
  422: 'The Idempotency-Key was used for another request',
  429: "The caller's limit of requests or tokens",
  500: 'The service failed',
  502: 'The provider of embeddings failed or refuses the call; only with EMBEDDING_PROVIDER=openai',
  503: 'The service is full, stopping or not ready, or its provider of embeddings is',
  504: 'The provider of embeddings did not answer in time; only with EMBEDDING_PROVIDER=openai',
  507: 'There is no room to store it',
};

/** The errors of a native route. */
export function ApiErrors(...statuses: readonly number[]): MethodDecorator {
  return apiErrors(statuses, { type: ErrorSchema, rates: COMMON_HEADERS, waiting: RETRY_AFTER });
}

/** The errors of a route for OpenAI's clients, in OpenAI's shape. */
export function ApiOpenAiErrors(...statuses: readonly number[]): MethodDecorator {
  return apiErrors(statuses, {
    type: OpenAiErrorSchema,
    rates: { ...OPENAI_HEADERS, ...OPENAI_TOKEN_HEADERS },
    waiting: { ...RETRY_AFTER, ...RETRY_AFTER_MS },
  });
}

/** Makes decorators for the errors of routes in another server's dialect. Each route needs its own: Swagger changes it. */
export function apiErrorsOf(type: Type): (...statuses: readonly number[]) => MethodDecorator {
  return (...statuses) => apiErrors(statuses, { type, rates: COMMON_HEADERS, waiting: RETRY_AFTER });
}

/** The schemes are named in src/pages/documentation.ts; either will do. The empty one means that no key is needed, unless keys are set. */
function keyRequirements(isForAdmins: boolean): readonly MethodDecorator[] {
  const schemes = [ApiSecurity('bearer'), ApiSecurity('apiKey')];
  return isForAdmins ? schemes : [...schemes, ApiSecurity({})];
}

interface ErrorShape {
  readonly type: Type;
  /** Headers about limits. All errors of limited routes have them; they are listed at 429, to keep the document small. */
  readonly rates: object;
  /** Headers of the errors after which a client may try again. */
  readonly waiting: object;
}

function apiErrors(statuses: readonly number[], { type, rates, waiting }: ErrorShape): MethodDecorator {
  const mayNeedKey = statuses.includes(429); // routes with a rate limit need a key if keys are set
  const all = mayNeedKey ? [...new Set([...statuses, 401])] : statuses;
  const answers = all.map((status) =>
    ApiResponse({
      status,
      description: MEANINGS[status] ?? STATUS_CODES[status] ?? '',
      type,
      headers: {
        ...REQUEST_ID_HEADER,
        ...(status === 401 ? CHALLENGE : {}),
        ...(status === 429 ? rates : {}),
        ...(status === 429 || status === 503 ? waiting : {}),
      },
    }),
  );
  return applyDecorators(...answers, ...(mayNeedKey ? keyRequirements(statuses.includes(403)) : []));
}
