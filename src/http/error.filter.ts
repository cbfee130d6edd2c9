import { STATUS_CODES } from 'node:http';
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ServiceError, type Fault } from '../errors/index.js';
import { codeOfStatus, STATUS_OF_ERROR } from './error-answers.js';

/** What every failed call to a native route answers. */
interface ErrorAnswer {
  readonly statusCode: number;
  readonly error: string;
  readonly message: string;
  readonly code: string;
  readonly details?: readonly Fault[] | object;
  readonly requestId: string;
}

interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details?: readonly Fault[] | object;
  readonly retryAfterSeconds?: number;
}

const UNEXPECTED: Failure = {
  status: 500,
  code: 'internal_error',
  message: 'Something went wrong inside the service; its log has the request id.',
};

/**
 * A body that is too large is read to its end, and thrown away, up to this size: a client that is still sending when
 * the connection closes never sees the answer.
 */
const MOST_BYTES_READ_IN_VAIN = 64 * 1024 * 1024;

@Catch()
export class ErrorFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendError(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

/** Turns whatever was thrown into the one shape of error that the API has. A 5xx never shows what was inside. */
export function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const failure = failureOf(thrown);
  if (failure.status >= 500 && !isExpected(failure)) new Logger('Http').error({ requestId: request.id, error: describe(thrown) });
  if (reply.sent || reply.raw.destroyed) return;
  if (failure.retryAfterSeconds !== undefined) void reply.header('retry-after', String(failure.retryAfterSeconds));
  if (failure.status === 413 && Number(request.headers['content-length']) <= MOST_BYTES_READ_IN_VAIN) void reply.removeHeader('connection');
  void reply.header('x-request-id', request.id).type('application/json; charset=utf-8');
  void reply.status(failure.status).send(answer(failure, request.id));
}

function failureOf(thrown: unknown): Failure {
  if (thrown instanceof ServiceError) return failureOfServiceError(thrown);
  if (thrown instanceof HttpException) return failureOfHttpException(thrown);
  const status = statusCodeOf(thrown);
  if (status === undefined || status >= 500 || !(thrown instanceof Error)) return UNEXPECTED;
  return { status, code: codeOfStatus(status), message: thrown.message };
}

function failureOfServiceError({ code, message, faults, retryAfterSeconds }: ServiceError): Failure {
  return {
    status: STATUS_OF_ERROR[code],
    code,
    message,
    ...(faults.length > 0 ? { details: faults } : {}),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

/** Nest's own: unknown routes, bodies that Fastify refuses, and terminus's report of what is not ready. */
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

/** 503s are said on purpose. */
function isExpected({ status }: Failure): boolean {
  return status === 503;
}

function answer({ status, code, message, details }: Failure, requestId: string): ErrorAnswer {
  return {
    statusCode: status,
    error: STATUS_CODES[status] ?? 'Error',
    message,
    code,
    ...(details === undefined ? {} : { details }),
    requestId,
  };
}

function describe(thrown: unknown): object {
  if (!(thrown instanceof Error)) return { message: String(thrown) };
  return {
    name: thrown.name,
    message: thrown.message,
    stack: thrown.stack,
    ...(thrown.cause === undefined ? {} : { cause: describe(thrown.cause) }),
  };
}
