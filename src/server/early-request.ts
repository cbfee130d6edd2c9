import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AdmissionRequest } from './admission.js';
import { requestIdOf, type AnswerHead } from '../http/index.js';

/** A request that Fastify has not seen yet: who its caller is, and the headers of its answer so far. */
export class EarlyRequest implements AnswerHead {
  readonly caller: AdmissionRequest;
  /** Why the request gets no answer; undefined = it is admitted. */
  refusal: Error | undefined;
  /** Whether its text is not in memory, or its body is not plain, so that memory need not be searched again. */
  wasLookedUp = false;
  private readonly answerHeaders: Record<string, string | number> = {};
  private reply: FastifyReply | undefined;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    address: string,
  ) {
    const { url, headers, method = '' } = request;
    this.caller = {
      id: requestIdOf(headers),
      method,
      url: url ?? '',
      headers,
      ip: address,
      apiKey: undefined,
      tokenBudget: undefined,
      cacheScope: '',
      raw: request,
    };
  }

  get sent(): boolean {
    return this.reply?.sent ?? false;
  }

  headers(values: Readonly<Record<string, string | number>>): void {
    if (this.reply === undefined) Object.assign(this.answerHeaders, values);
    else void this.reply.headers(values);
  }

  /** Sends the body with all the headers so far. */
  answer(body: Buffer): void {
    this.response.writeHead(200, { ...this.answerHeaders, 'content-length': body.length });
    this.response.end(body);
  }

  /** Gives the request to Fastify. Headers that are set later, such as those of its tokens, go to Fastify's reply. */
  handOn(request: FastifyRequest, reply: FastifyReply): void {
    const { id, apiKey, tokenBudget, cacheScope } = this.caller;
    Object.assign(request, { id, apiKey, tokenBudget, cacheScope });
    this.reply = reply.headers(this.answerHeaders);
  }
}
