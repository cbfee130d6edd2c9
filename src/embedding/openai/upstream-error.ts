/** The outcomes of a call; a closed set, because it is a label of metrics. */
export const OUTCOMES = [
  'success',
  'aborted',
  'bad_reply',
  'connection_failed',
  'invalid_input',
  'quota_exceeded',
  'rate_limited',
  'refused',
  'server_error',
  'timeout',
  'unauthorized',
] as const;
export type Outcome = (typeof OUTCOMES)[number];
/** `circuit_open`: the upstream was not asked. */
export type FailedOutcome = Exclude<Outcome, 'success'> | 'circuit_open';

interface UpstreamErrorOptions {
  readonly status?: number;
  readonly retryAfterMs?: number | undefined;
  /** The upstream's x-should-retry header. */
  readonly shouldRetry?: boolean;
  /** The fault of the input in the upstream's words, without the key; only for the caller who sent the input. */
  readonly complaint?: string | undefined;
}

const RETRYABLE: readonly FailedOutcome[] = ['connection_failed', 'rate_limited', 'server_error'];
const BREAKDOWNS: readonly FailedOutcome[] = ['bad_reply', 'connection_failed', 'server_error', 'timeout'];
/** These outcomes do not tell whether the next call will work. */
const HARMLESS: readonly FailedOutcome[] = ['aborted', 'circuit_open', 'invalid_input', 'rate_limited'];

/** A call that failed. `message` is for the log: it holds no text, no key, and nothing else that the upstream wrote. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly retryAfterMs: number | undefined;
  readonly complaint: string | undefined;
  readonly isRetryable: boolean;

  constructor(
    readonly outcome: FailedOutcome,
    message: string,
    { status, retryAfterMs, shouldRetry, complaint }: UpstreamErrorOptions = {},
  ) {
    super(status === undefined ? message : `${message} (status ${status})`);
    this.retryAfterMs = retryAfterMs;
    this.complaint = complaint;
    this.isRetryable = RETRYABLE.includes(outcome) && shouldRetry !== false;
  }

  /** Whether the upstream fails regardless of the input; such failures open the circuit. */
  get isBreakdown(): boolean {
    return BREAKDOWNS.includes(this.outcome);
  }

  /** Whether the next call is likely to succeed. */
  get isHarmless(): boolean {
    return HARMLESS.includes(this.outcome);
  }
}
