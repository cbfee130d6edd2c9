import { HttpException } from '@nestjs/common';
import { ServiceError, type Fault } from '../errors/index.js';
import { codeOfStatus, STATUS_OF_ERROR } from './error-answers.js';

/** The facts of an error answer, before a dialect words them. */
export interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details?: readonly Fault[] | object;
  /** All faults; `details` names the first of them. */
  readonly faultCount?: number;
  readonly retryAfterSeconds?: number;
}

const MOST_NAMED_FAULTS = 20;

const UNEXPECTED: Failure = {
  status: 500,
  code: 'internal_error',
  message: 'Something went wrong inside the service; its log has the request id.',
};

/** The failure for anything that was thrown. A 5xx never shows internals. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof ServiceError) return failureOfServiceError(thrown);
  if (thrown instanceof HttpException) return failureOfHttpException(thrown);
  const status = statusCodeOf(thrown);
  if (status === undefined || status >= 500 || !(thrown instanceof Error)) return UNEXPECTED;
  return { status, code: codeOfStatus(status), message: thrown.message };
}

function failureOfServiceError({ code, message, faults, faultCount, retryAfterSeconds }: ServiceError): Failure {
  return {
    status: STATUS_OF_ERROR[code],
    code,
    message,
    ...(faults.length > 0 ? { details: faults, faultCount } : {}),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

/** Nest's own errors: unknown routes, bodies that Fastify refuses, and the report of terminus when the service is not ready. */
function failureOfHttpException(exception: HttpException): Failure {
  const status = exception.getStatus();
  const response = exception.getResponse();
  if (status === 503 && typeof response === 'object') {
    return { status, code: 'unavailable', message: 'The service is not ready.', details: response, retryAfterSeconds: 1 };
  }
  if (status >= 500) return { ...UNEXPECTED, status };
  return { status, code: codeOfStatus(status), message: exception.message };
}

function statusCodeOf(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('statusCode' in thrown)) return undefined;
  return typeof thrown.statusCode === 'number' && thrown.statusCode >= 400 ? thrown.statusCode : undefined;
}

/** The faults that a failure names one by one; empty = it names none. */
export function faultsOf({ details }: Failure): readonly Fault[] {
  return Array.isArray(details) ? (details as readonly Fault[]) : [];
}

/** One message that names the faults, for dialects whose errors have no list of them. */
export function messageOfAll(failure: Failure): string {
  const faults = faultsOf(failure);
  if (faults.length < 2) return failure.message;
  const count = failure.faultCount ?? faults.length;
  const named = faults.slice(0, MOST_NAMED_FAULTS).map(({ field, message }) => `${field} ${message}`);
  return [...named, ...(count > named.length ? [`and ${count - named.length} more`] : [])].join('; ');
}
