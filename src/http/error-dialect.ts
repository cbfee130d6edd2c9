import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Failure } from './failure.js';

/** How another server words its errors. The dialects of a service are asked in turn; without any, errors are native. */
export interface ErrorDialect {
  /** Whether the request is in this dialect. Its body is undefined until it was read. */
  speaks(request: Pick<FastifyRequest, 'method' | 'url' | 'body'>): boolean;
  /** The body of the answer. */
  write(failure: Failure): object;
  /** Headers beside the common ones. */
  headers?(failure: Failure): Parameters<FastifyReply['headers']>[0];
}

declare module 'fastify' {
  interface FastifyInstance {
    errorDialects: readonly ErrorDialect[];
  }
}

export function speakErrorDialects(fastify: { decorate(name: string, value: unknown): unknown }, dialects: readonly ErrorDialect[]): void {
  fastify.decorate('errorDialects', dialects);
}
