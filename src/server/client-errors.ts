import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { codeOfStatus } from '../http/index.js';
import { hasBegunAnswer } from './lingering-close.js';

interface ClientError extends Error {
  readonly code?: string;
}

interface ClientErrorLimits {
  /** How much longer than Node's own time an unused connection may wait for its first request. */
  readonly unusedMs: number;
}

const REFUSAL_OF_ERROR: Readonly<Record<string, readonly [status: number, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time; send its headers and its body without a pause.'],
  HPE_HEADER_OVERFLOW: [431, 'The headers of the request are too large.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions of the request are too large.'],
};
const NOT_HTTP: readonly [number, string] = [400, 'This is not an HTTP/1.1 request.'];

/**
 * Answers bytes that are no HTTP request, then closes the connection. A connection on which nothing has come gets no
 * answer, because clients open connections in advance and would take a 408 for the answer to their first request.
 * Unused connections get the idle timeout.
 */
export function clientErrorHandler({ unusedMs }: ClientErrorLimits): (error: ClientError, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && socket.bytesRead === 0) closeIfUnused(socket, unusedMs);
    else refuse(error, socket);
  };
}

/** Does not use socket.setTimeout(), because that would end a long answer on the connection too. */
function closeIfUnused(socket: Socket, afterMs: number): void {
  const timer = setTimeout(() => closeIfSilent(socket), afterMs).unref();
  socket.once('close', () => clearTimeout(timer));
}

/** Replaces what Node's timer of idle connections does: it closes them even if a request has arrived. */
export function closeIdleConnections(server: Server): void {
  server.on('timeout', closeIfSilent);
}

/**
 * Closes the connection after this turn of the event loop, if nothing more was read by then. When the process did not run
 * for a while (a busy or paused machine), its timers come first, and would close a connection whose request waits to be
 * read.
 */
function closeIfSilent(socket: Socket): void {
  const { bytesRead } = socket;
  setImmediate(() => socket.bytesRead === bytesRead && socket.destroy());
}

function refuse(error: ClientError, socket: Socket): void {
  if (!socket.writable || hasBegunAnswer(socket)) return void socket.destroy(error);
  const [statusCode, message] = REFUSAL_OF_ERROR[error.code ?? ''] ?? NOT_HTTP;
  const body = JSON.stringify({ statusCode, error: STATUS_CODES[statusCode], message, code: codeOfStatus(statusCode) });
  socket.end(
    `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
