import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AdmissionRequest } from './admission.js';
import { requestIdOf, type AnswerHead } from '../http/index.js';

/** A request that Fastify has not seen yet: what is found of its caller, and the headers of its answer so far. */
export class EarlyRequest implements AnswerHead {
  readonly caller: AdmissionRequest;
  /** Why it gets no answer. */
  refusal: Error | undefined;
  /** Its text is not in memory, or its body is not plain: there is no use in looking again. */
  wasLookedUp = false;
  private readonly answerHeaders: Record<string, string | number> = {};
  private readonly startedAt = performance.now();
  private reply: FastifyReply | undefined;

  constructor(
    readonly request: IncomingMessage,
    private readonly response: ServerResponse,
  ) {
    const { url, headers, socket } = request;
    this.caller = {
      id: requestIdOf(headers),
      url: url ?? '',
      headers,
      ip: socket.remoteAddress ?? '',
      apiKey: undefined,
      tokenBudget: undefined,
    };
  }

  get sent(): boolean {
    return this.reply?.sent ?? false;
  }

  headers(values: Readonly<Record<string, string | number>>): void {
    if (this.reply === undefined) Object.assign(this.answerHeaders, values);
    else void this.reply.headers(values);
  }

  /** Milliseconds since it came. */
  get elapsedTime(): number {
    return performance.now() - this.startedAt;
  }

  /** With all the headers so far. */
  answer(body: Buffer): void {
    this.response.writeHead(200, { ...this.answerHeaders, 'content-length': body.length });
    this.response.end(body);
  }

  /** From here on it is Fastify's: what is said later of its tokens goes to that reply. */
  handOn(request: FastifyRequest, reply: FastifyReply): void {
    const { id, apiKey, tokenBudget } = this.caller;
    Object.assign(request, { id, apiKey, tokenBudget });
    this.reply = reply.headers(this.answerHeaders);
  }
}
