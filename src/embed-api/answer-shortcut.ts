import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KeyUsage } from '../auth/index.js';
import { elapsedMs, sendError } from '../http/index.js';
import { answerHeaders } from './answer-headers.js';
import type { EmbedAnswer } from './embed-answer.js';
import { StageTimes, type EmbedOptions, type EmbeddingSpace, type EmbeddingMetrics } from '../embedding/index.js';
import { HttpCaller } from './http-caller.js';

/** The plain requests of one route: those for one text, without wishes. */
export interface PlainRequests<Body> {
  /** False = the controller's: a body that is not plain, or not even valid. */
  accepts(body: unknown): body is Body;
  /** Undefined = not in this process's memory. */
  answerFromMemory(body: Body, stages: StageTimes): EmbedAnswer<Buffer> | undefined;
  /** What the controller would answer. */
  answer(body: Body, caller: EmbedOptions): Promise<EmbedAnswer>;
}

/** What a request may be asked before it is known to be plain: whose it is and what it wishes. */
type Asking = Pick<FastifyRequest, 'headers' | 'apiKey' | 'tokenBudget' | 'raw'>;

/** An answer from memory, counted and ready to be sent. */
export interface ReadyAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
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

  /** Undefined = not plain, not in memory, or more tokens than are known at once to be allowed; then nothing is counted. */
  fromMemory(body: unknown, asking: Asking): ReadyAnswer | undefined {
    const { headers, tokenBudget } = asking;
    if (hasWishes(headers) || !this.requests.accepts(body)) return undefined;
    const answer = this.requests.answerFromMemory(body, new StageTimes());
    if (answer === undefined || tokenBudget?.settleNow(answer.tokens) === false) return undefined;
    this.metrics.requestStarted();
    return { headers: this.counted(answer, asking), body: answer.body };
  }

  /** False = the controller's; true = will be answered, errors too. */
  compute(request: FastifyRequest, reply: FastifyReply): boolean {
    const { body, headers } = request;
    if (hasWishes(headers) || !this.requests.accepts(body)) return false;
    void this.computeAccepted(body, request, reply);
    return true;
  }

  private async computeAccepted(body: Body, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    this.metrics.requestStarted();
    try {
      const answer = await this.requests.answer(body, new HttpCaller(request, reply));
      void reply.headers(this.counted(answer, request)).send(answer.body);
    } catch (error) {
      this.metrics.requestFailed();
      this.metrics.requestEnded(this.space.model, elapsedMs(request.raw));
      sendError(error, request, reply);
    }
  }

  /** The headers of an answer, which is counted. */
  private counted(answer: EmbedAnswer<string | Buffer>, { apiKey, raw }: Asking): Record<string, string> {
    this.metrics.requestAnswered(answer);
    this.usage.embedded(apiKey, answer);
    const milliseconds = elapsedMs(raw);
    this.metrics.requestEnded(this.space.model, milliseconds);
    return answerHeaders(answer, this.space.fingerprint, milliseconds);
  }
}

/** Those are the controller's. */
function hasWishes(headers: FastifyRequest['headers']): boolean {
  return headers['cache-control'] !== undefined || headers['x-require-embedding-space'] !== undefined;
}
