import { STATUS_CODES } from 'node:http';
import { applyDecorators, type Type } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiResponse, ApiSecurity } from '@nestjs/swagger';

class FaultSchema {
  @ApiProperty({ description: 'The field with the fault', example: 'texts[3]' })
  field!: string;

  @ApiProperty({ example: 'must not be empty' })
  message!: string;
}

class ErrorSchema {
  @ApiProperty({ example: 400 })
  statusCode!: number;

  @ApiProperty({ description: 'The name of the status in HTTP', example: 'Bad Request' })
  error!: string;

  @ApiProperty({ description: 'The fault and what to change, for people', example: 'texts[3] must not be empty' })
  message!: string;

  @ApiProperty({ description: 'The code of the error, for programs', example: 'invalid_request' })
  code!: string;

  @ApiPropertyOptional({ description: 'Each fault of the request', type: [FaultSchema] })
  details?: FaultSchema[];

  @ApiProperty({ description: 'Same as the header X-Request-Id' })
  requestId!: string;
}

export class OpenAiErrorDetail {
  @ApiProperty({ description: 'The fault and what to change, for people', example: 'input[3] must not be empty' })
  message!: string;

  @ApiProperty({ example: 'invalid_request_error' })
  type!: string;

  @ApiProperty({ description: 'The field with the fault, if there is one', type: String, nullable: true, example: 'input[3]' })
  param!: string | null;

  @ApiProperty({ description: 'The code of the error, for programs', example: 'invalid_request' })
  code!: string;
}

class OpenAiErrorSchema {
  @ApiProperty()
  error!: OpenAiErrorDetail;

  @ApiPropertyOptional({ description: "The message again, for Voyage's client; only on /v1/embeddings" })
  detail?: string;
}

export const REQUEST_ID_HEADER = {
  'X-Request-Id': { description: 'The id that the caller sent, or a new one', schema: { type: 'string' } },
} as const;

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
  'X-RateLimit-Limit-Requests': { description: 'Same as X-RateLimit-Limit', schema: { type: 'integer' } },
  'X-RateLimit-Remaining-Requests': { description: 'Same as X-RateLimit-Remaining', schema: { type: 'integer' } },
  'X-RateLimit-Reset-Requests': { description: 'Same as X-RateLimit-Reset, written like 6m0s', schema: { type: 'string' } },
} as const;

/** On answers about embeddings, where tokens are limited. */
export const OPENAI_TOKEN_HEADERS = {
  'X-RateLimit-Limit-Tokens': { description: 'Tokens allowed in a window; only if tokens are limited', schema: { type: 'integer' } },
  'X-RateLimit-Remaining-Tokens': { description: 'Tokens left now; only if tokens are limited', schema: { type: 'integer' } },
  'X-RateLimit-Reset-Tokens': {
    description: 'Until the oldest counted tokens leave the window, written like 6m0s; only if tokens are limited',
    schema: { type: 'string' },
  },
} as const;

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'Invalid request; `details` names each fault',
  401: 'The key is missing or unknown',
  403: 'The key does not have the role admin',
  404: 'Not found',
  409: 'The current state does not allow it, or the service has another embedding space',
  413: 'Body too large',
  415: 'The route does not take a body of this type',
  422: 'The Idempotency-Key was used for another request',
  429: "The caller's limit of requests or tokens is reached",
  500: 'The service failed',
  502: 'The upstream of an openai model failed or refuses the call',
  503: 'The service, or its provider of embeddings, is full, stopping or not ready',
  504: 'The upstream of an openai model did not answer in time',
  507: 'There is no room to store the data',
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
