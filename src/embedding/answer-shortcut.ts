import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KeyUsage } from '../auth/index.js';
import { sendError } from '../http/index.js';
import { answerHeaders } from './answer-headers.js';
import type { EmbedAnswer } from './embed-answer.js';
import type { EmbedOptions } from './embedding-provider.port.js';
import type { EmbeddingSpace } from './embedding-space.js';
import type { EmbeddingMetrics } from './embedding.metrics.js';
import { HttpCaller } from './http-caller.js';
import { StageTimes } from './stage-times.js';

/** The plain requests of one route: those for one text, without wishes. */
export interface PlainRequests<Body> {
  /** False = the controller's: a body that is not plain, or not even valid. */
  accepts(body: unknown): body is Body;
  /** Undefined = not in this process's memory. */
  answerFromMemory(body: Body, stages: StageTimes): EmbedAnswer<Buffer> | undefined;
  /** What the controller would answer. */
  answer(body: Body, caller: EmbedOptions): Promise<EmbedAnswer>;
}

/**
 * Answers plain requests before Nest's pipeline begins, which costs more than all the rest of a hit
 * (docs/decisions/0007-shortcut.md). The answer is the one that the controller would give, with the same headers and
 * counted alike; whatever is not plain goes on to it.
 */
export class AnswerShortcut<Body> {
  constructor(
    private readonly requests: PlainRequests<Body>,
    private readonly space: EmbeddingSpace,
    private readonly metrics: EmbeddingMetrics,
    private readonly usage: KeyUsage,
  ) {}

  /** True = answered, now or later. */
  tryToAnswer(request: FastifyRequest, reply: FastifyReply): boolean {
    const { body, headers } = request;
    if (headers['cache-control'] !== undefined || headers['x-require-embedding-space'] !== undefined) return false;
    if (!this.requests.accepts(body)) return false;
    const startedAt = performance.now();
    this.metrics.requestStarted();
    const stages = new StageTimes();
    const hit = this.requests.answerFromMemory(body, stages);
    const isAllowed = hit !== undefined && request.tokenBudget?.settleNow(hit.tokens) !== false;
    if (isAllowed) this.send(hit, reply, startedAt);
    else void this.compute(body, request, reply, startedAt); // answers its errors
    return true;
  }

  private async compute(body: Body, request: FastifyRequest, reply: FastifyReply, startedAt: number): Promise<void> {
    try {
      this.send(await this.requests.answer(body, new HttpCaller(request, reply)), reply, startedAt);
    } catch (error) {
      this.metrics.requestFailed();
      this.metrics.requestEnded(this.space.model, performance.now() - startedAt);
      sendError(error, request, reply);
    }
  }

  private send(answer: EmbedAnswer<string | Buffer>, reply: FastifyReply, startedAt: number): void {
    this.metrics.requestAnswered(answer);
    this.usage.embedded(reply.request.apiKey, answer);
    this.metrics.requestEnded(this.space.model, performance.now() - startedAt);
    void reply.headers(answerHeaders(answer, this.space.fingerprint)).send(answer.body);
  }
}
