import { ServiceError, type ErrorCode, type Fault } from '../errors/index.js';

/** An error as it goes over a link: a structured clone would lose the class and the code of a ServiceError. */
export interface CarriedError {
  readonly message: string;
  /** Written to the log: the stack of the error, or of its cause where it has one. */
  readonly detail: string;
  /** Undefined for an error that is not a ServiceError. */
  readonly service:
    | { readonly code: ErrorCode; readonly retryAfterSeconds: number | undefined; readonly faults: readonly Fault[] }
    | undefined;
}

export function carried(error: unknown): CarriedError {
  const message = error instanceof Error ? error.message : String(error);
  return { message, detail: detailOf(error), service: error instanceof ServiceError ? carriedService(error) : undefined };
}

/** The error at the end that asked. Its cause is what the other end's log would say. */
export function arrived({ message, detail, service }: CarriedError): Error {
  const cause = new Error(detail);
  if (service === undefined) return new Error(message, { cause });
  const { code, faults, retryAfterSeconds } = service;
  return new ServiceError(code, message, { cause, faults, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) });
}

function carriedService({ code, retryAfterSeconds, faults }: ServiceError): CarriedError['service'] {
  return { code, retryAfterSeconds, faults };
}

function detailOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
