import type { ErrorDialect } from './error-dialect.js';
import { failureOf, faultsOf, messageOfAll, type Failure } from './failure.js';

/** The paths of OpenAI's clients; `/embeddings` and `/models` are for clients that leave out `/v1`. `/v1/embed` is Cohere's. */
const OPENAI_PATH = /^\/(?:v1(?!\/embed(?:\?|$))|embeddings|models)(?:[/?]|$)/;

/** OpenAI's names for codes that the service names otherwise. */
const OPENAI_CODES: Readonly<Record<string, string>> = {
  rate_limited: 'rate_limit_exceeded',
  text_refused: 'invalid_request',
  text_too_long: 'context_length_exceeded',
  token_limited: 'rate_limit_exceeded',
  unauthorized: 'invalid_api_key',
};

/** The body of every error on a path of OpenAI's. `param` is the field that is wrong. */
export interface OpenAiErrorAnswer {
  readonly error: { readonly message: string; readonly type: string; readonly param: string | null; readonly code: string };
}

export function isOpenAiPath(url: string): boolean {
  return OPENAI_PATH.test(url);
}

/** The status and body for an error, for answers in a file or beside other answers. */
export function openAiErrorOf(thrown: unknown): { readonly status: number; readonly answer: OpenAiErrorAnswer } {
  const failure = failureOf(thrown);
  return { status: failure.status, answer: openAiAnswer(failure) };
}

export function openAiAnswer(failure: Failure): OpenAiErrorAnswer {
  const { status, code } = failure;
  return {
    error: {
      message: messageOfAll(failure),
      type: typeOf(status, code),
      param: faultsOf(failure)[0]?.field ?? null,
      code: OPENAI_CODES[code] ?? code,
    },
  };
}

/** Errors after which OpenAI's clients would try again, although that does not help: another space, a full disk. */
const NOT_TO_RETRY = ['conflict_space', 'insufficient_storage'];

/** Headers that tell OpenAI's clients how long to wait, and when not to repeat a 409 or 5xx, which they would do by default. */
export function openAiRetryHeaders({ code, retryAfterSeconds }: Failure): Readonly<Record<string, string>> {
  return {
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after-ms': String(retryAfterSeconds * 1000) }),
    ...(NOT_TO_RETRY.includes(code) ? { 'x-should-retry': 'false' } : {}),
  };
}

function typeOf(status: number, code: string): string {
  if (status >= 500) return 'server_error';
  if (status !== 429) return 'invalid_request_error';
  return code === 'token_limited' ? 'tokens' : 'requests';
}

export const openAiErrors: ErrorDialect = {
  speaks: ({ url }) => isOpenAiPath(url),
  write: openAiAnswer,
  headers: openAiRetryHeaders,
};
