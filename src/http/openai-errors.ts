import type { Fault } from '../errors/index.js';
import { failureOf, type Failure } from './failure.js';

/** Paths whose callers are OpenAI's clients; `/embeddings` and `/models` for those who leave `/v1` out. */
const OPENAI_PATH = /^\/(?:v1|embeddings|models)(?:[/?]|$)/;

const MOST_NAMED_FAULTS = 20;

/** Where OpenAI has a name of its own for what the service calls otherwise. */
const OPENAI_CODES: Readonly<Record<string, string>> = {
  rate_limited: 'rate_limit_exceeded',
  text_refused: 'invalid_request',
  text_too_long: 'context_length_exceeded',
  token_limited: 'rate_limit_exceeded',
  unauthorized: 'invalid_api_key',
};

/** Every failed call to a path of OpenAI's answers this; `param` is the field that is wrong. */
export interface OpenAiErrorAnswer {
  readonly error: { readonly message: string; readonly type: string; readonly param: string | null; readonly code: string };
}

export function isOpenAiPath(url: string): boolean {
  return OPENAI_PATH.test(url);
}

/** What a call that failed with this answers, for those who write answers into a file or beside others. */
export function openAiErrorOf(thrown: unknown): { readonly status: number; readonly answer: OpenAiErrorAnswer } {
  const failure = failureOf(thrown);
  return { status: failure.status, answer: openAiAnswer(failure) };
}

export function openAiAnswer({ status, code, message, details, faultCount }: Failure): OpenAiErrorAnswer {
  const faults: readonly Fault[] = Array.isArray(details) ? details : [];
  return {
    error: {
      message: faults.length > 1 ? listOf(faults, faultCount ?? faults.length) : message,
      type: typeOf(status, code),
      param: faults[0]?.field ?? null,
      code: OPENAI_CODES[code] ?? code,
    },
  };
}

/** OpenAI's shape has no list of faults, so its message must name them. */
function listOf(faults: readonly Fault[], count: number): string {
  const named = faults.slice(0, MOST_NAMED_FAULTS).map(({ field, message }) => `${field} ${message}`);
  return [...named, ...(count > named.length ? [`and ${count - named.length} more`] : [])].join('; ');
}

/** What OpenAI's clients would send again, and in vain: another space stays another, and a full disk full. */
const NOT_TO_RETRY = ['conflict_space', 'insufficient_storage'];

/** OpenAI's clients wait for so many milliseconds; they would repeat any 409 and 5xx. */
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
