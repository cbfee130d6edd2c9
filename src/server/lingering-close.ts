import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The time for the rest of a body that is refused before all of it has come. */
const LINGER_MS = 15_000;
const MOST_DISCARDED_BYTES = 128 * 1024 * 1024;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The request and the answer that a connection is at. */
const exchanges = new WeakMap<Socket, Exchange>();

/** Whether bytes of an answer are out on this connection, so that nothing else may be written. */
export function hasBegunAnswer(socket: Socket): boolean {
  const exchange = exchanges.get(socket);
  return exchange !== undefined && exchange.response.headersSent && !exchange.response.writableFinished;
}

/**
 * Reads on, and discards, what a client still sends after the answer to it is out. To close at once would reset the
 * connection, and a client that sends its whole body before it reads (Python's urllib) would never see the answer.
 */
export function lingerBeforeClose(server: Server): void {
  server.on('request', (request, response) => exchanges.set(request.socket, { request, response }));
  server.on('connection', (socket: Socket) => {
    const close = socket.destroySoon.bind(socket);
    socket.destroySoon = () => {
      const request = exchanges.get(socket)?.request;
      if (request === undefined || hasArrived(request)) close();
      else discardRest(request, close);
    };
  });
}

/** For an answer after which the connection stays open: Node discards the rest by itself, but without a bound. */
export function boundDiscarding(request: IncomingMessage): void {
  if (!hasArrived(request)) discardRest(request, () => undefined);
}

/** Nothing more will come: all of it was received, or the connection is gone. */
function hasArrived(request: IncomingMessage): boolean {
  return request.complete || request.readableEnded || request.destroyed;
}

function discardRest(request: IncomingMessage, close: () => void): void {
  const { socket } = request;
  const mostBytesRead = socket.bytesRead + MOST_DISCARDED_BYTES;
  const timer = setTimeout(() => request.destroy(), LINGER_MS).unref();
  const end = (): void => {
    clearTimeout(timer);
    close();
  };
  request.on('data', () => socket.bytesRead > mostBytesRead && request.destroy());
  request.once('end', end);
  request.once('close', () => clearTimeout(timer));
  request.resume();
}
