import { STATUS_CODES } from 'node:http';
import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Fault } from '../errors/index.js';
import { bodyLimitMessage, isBodyTooLarge } from './body-limit.js';
import { failureOf, type Failure } from './failure.js';
import { hintOfPath } from './other-dialects.js';

/** The body of every error on a native route. */
interface ErrorAnswer {
  readonly statusCode: number;
  readonly error: string;
  readonly message: string;
  readonly code: string;
  readonly details?: readonly Fault[] | object;
  readonly requestId: string;
}

/** A 401 must say how to authenticate (RFC 9110). */
const CHALLENGE = 'Bearer realm="embedding-pipeline"';

@Catch()
export class ErrorFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendError(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

/** Answers with the error in the shape of the path's dialect. A 5xx never shows internals. */
export function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const failure = failureWithHints(thrown, request);
  if (failure.status >= 500 && !isExpected(failure)) new Logger('Http').error({ requestId: request.id, error: describe(thrown) });
  if (reply.sent || reply.raw.destroyed) return;
  if (failure.status === 401 && !reply.hasHeader('www-authenticate')) void reply.header('www-authenticate', CHALLENGE);
  if (failure.retryAfterSeconds !== undefined) void reply.header('retry-after', String(failure.retryAfterSeconds));
  void reply.header('x-request-id', request.id).type('application/json; charset=utf-8');
  const dialect = request.server.errorDialects.find((candidate) => candidate.speaks(request));
  if (dialect?.headers !== undefined) void reply.headers(dialect.headers(failure));
  void reply.status(failure.status).send(dialect === undefined ? answer(failure, request.id) : dialect.write(failure));
}

/** Facts that only the request knows: the limit that its body exceeds, and the route to use in place of an unknown path. */
function failureWithHints(thrown: unknown, request: FastifyRequest): Failure {
  const failure = failureOf(thrown);
  if (isBodyTooLarge(thrown)) return { ...failure, message: bodyLimitMessage(request) };
  const hint = request.is404 ? hintOfPath(request.url) : undefined;
  return hint === undefined ? failure : { ...failure, message: `${failure.message}; ${hint}` };
}

/** A 503 is an answer that the service gives on purpose. */
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
