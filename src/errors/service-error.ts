/** Every way in which the service refuses; src/http/error-answers.ts gives each its HTTP status. */
export type ErrorCode =
  | 'aborted'
  | 'conflict_space'
  | 'forbidden'
  | 'idempotency_mismatch'
  | 'inference_failed'
  | 'insufficient_storage'
  | 'invalid_request'
  | 'model_not_found'
  | 'key_conflict'
  | 'job_finished'
  | 'job_unfinished'
  | 'not_found'
  | 'overloaded'
  | 'payload_too_large'
  | 'rate_limited'
  | 'shutting_down'
  | 'text_refused'
  | 'text_too_long'
  | 'token_limited'
  | 'unauthorized'
  | 'unavailable'
  | 'upstream_failed'
  | 'upstream_rate_limited'
  | 'upstream_timeout'
  | 'upstream_unauthorized'
  | 'upstream_unavailable';

export interface Fault {
  /** The place in the request, such as `texts[3]`. */
  readonly field: string;
  readonly message: string;
}

/** Faults of one request that are named; the others are counted. */
const MOST_FAULTS = 20;

interface ServiceErrorOptions {
  readonly cause?: unknown;
  readonly faults?: readonly Fault[];
  readonly faultCount?: number;
  readonly retryAfterSeconds?: number;
}

/** An expected failure. `message` is written for the caller and never shows internals; those go in `cause`. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  /** The first of them; `faultCount` says how many there are. */
  readonly faults: readonly Fault[];
  readonly faultCount: number;
  /** When it makes sense to try the same call again; undefined = not by waiting. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: ServiceErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.faults = options.faults ?? [];
    this.faultCount = options.faultCount ?? this.faults.length;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** Makes the error of a request with these faults, at least one. */
  static ofFaults(code: ErrorCode, faults: readonly Fault[]): ServiceError {
    const first = faults[0];
    const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
    return new ServiceError(code, `${first?.field} ${first?.message}${more}`, {
      faults: faults.slice(0, MOST_FAULTS),
      faultCount: faults.length,
    });
  }
}

/** Makes the error of a request with one fault. */
export function faulty(field: string, message: string): ServiceError {
  return ServiceError.ofFaults('invalid_request', [{ field, message }]);
}
