import { ServiceError, type ErrorCode } from '../../errors/index.js';
import { UpstreamError, type FailedOutcome } from './upstream-error.js';

interface Answer {
  readonly code: ErrorCode;
  readonly message: string;
  /** The default for Retry-After; undefined = waiting does not help. */
  readonly retryAfterMs?: number;
}

const FAILED: Answer = { code: 'upstream_failed', message: 'The provider of embeddings failed.' };

/** The error that callers get for each failure. */
const ANSWERS: Readonly<Record<FailedOutcome, Answer>> = {
  aborted: { code: 'aborted', message: 'The caller went away.' },
  bad_reply: FAILED,
  circuit_open: {
    code: 'upstream_unavailable',
    message: 'The provider of embeddings has failed too often; try again later.',
    retryAfterMs: 1000,
  },
  connection_failed: FAILED,
  invalid_input: { code: 'text_refused', message: 'The provider of embeddings refuses the text' },
  quota_exceeded: {
    code: 'upstream_rate_limited',
    message: 'The quota of this service at the provider of embeddings is used up.',
    retryAfterMs: 60_000,
  },
  rate_limited: {
    code: 'upstream_rate_limited',
    message: 'The provider of embeddings limits the rate of calls; try again later.',
    retryAfterMs: 1000,
  },
  refused: {
    code: 'upstream_failed',
    message:
      'The provider of embeddings refuses the call: check OPENAI_BASE_URL, OPENAI_MODEL and EMBEDDING_DIM, or the model in MODELS_FILE.',
  },
  server_error: FAILED,
  timeout: { code: 'upstream_timeout', message: 'The provider of embeddings did not answer in time (OPENAI_TIMEOUT_MS).' },
  unauthorized: {
    code: 'upstream_unauthorized',
    message: 'The provider of embeddings refuses the key of this service: check OPENAI_API_KEY, or the model in MODELS_FILE.',
  },
};

export function toServiceError(thrown: unknown): ServiceError {
  if (thrown instanceof ServiceError) return thrown;
  if (!(thrown instanceof UpstreamError)) return new ServiceError(FAILED.code, FAILED.message, { cause: thrown });
  const { code, message, retryAfterMs: usualMs } = ANSWERS[thrown.outcome];
  const retryAfterMs = usualMs === undefined ? undefined : (thrown.retryAfterMs ?? usualMs);
  return new ServiceError(code, thrown.outcome === 'invalid_input' ? `${message}: ${thrown.complaint ?? 'it does not say why'}` : message, {
    cause: thrown,
    ...(retryAfterMs === undefined ? {} : { retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1000)) }),
  });
}
