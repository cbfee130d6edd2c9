import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CACHE_SETTINGS, EMBEDDING_SETTINGS, type CacheSettings, type EmbeddingSettings } from '../../config/index.js';
import { MemoryHits, Models, StageTimes, type ServedModel } from '../../embedding/index.js';
import { elapsedMs, limitsOf, sendError } from '../../http/index.js';
import { answerHeaders } from './answer-headers.js';
import type { Dialect, PlainRequest } from './dialect.port.js';
import type { EmbedAnswer } from './embed-answer.js';
import { EmbeddingRequests } from './embedding-requests.js';
import { HttpCaller } from './http-caller.js';
import { KeptAnswers, writtenNow } from './kept-answers.js';
import { RequestAccount } from './request-account.js';
import { hasHeaderOptions } from './request-headers.js';

/** The part of a request that is known before Fastify has it. */
type RecallingRequest = Pick<FastifyRequest, 'headers' | 'apiKey' | 'tokenBudget' | 'cacheScope' | 'raw'>;

/** An answer from memory, counted and ready to be sent. */
export interface ReadyAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Answers plain requests without Nest's pipeline, which costs more than all the rest of a hit
 * (docs/decisions/0007-shortcut.md). The answer, its headers and its counts come from the same functions as a
 * controller's. All requests that are not plain go to the controller.
 */
@Injectable()
export class PlainRequests {
  private readonly kept: KeptAnswers;

  constructor(
    @Inject(CACHE_SETTINGS) { renderedBytes }: CacheSettings,
    @Inject(EMBEDDING_SETTINGS) private readonly settings: EmbeddingSettings,
    private readonly hits: MemoryHits,
    private readonly models: Models,
    private readonly requests: EmbeddingRequests,
    private readonly account: RequestAccount,
  ) {
    this.kept = new KeptAnswers(renderedBytes / 2);
  }

  /**
   * The answer from this process's memory. Undefined = the request is not plain, its text is not in memory, or it is not
   * known at once that its tokens are allowed; then nothing is counted.
   */
  recall(dialect: Dialect<object>, body: unknown, request: RecallingRequest): ReadyAnswer | undefined {
    const plain = this.plainRequest(dialect, body, request);
    const served = plain === undefined ? undefined : this.modelOf(plain);
    if (plain === undefined || served === undefined) return undefined;
    const stages = new StageTimes();
    const embedding = this.hits.find(served, plain, stages, request.cacheScope);
    if (embedding === undefined) return undefined;
    const write = (): string => this.requests.writeOne(dialect, plain.body, { served, embedding, stages });
    const answer = plain.form === undefined ? writtenNow(stages, write) : this.kept.of(embedding, plain.form, stages, write);
    const { tokens } = embedding;
    if (request.tokenBudget?.settleNow(tokens) === false) return undefined;
    const facts = { texts: 1, cachedTexts: 1, tokens, stages, model: served.name, space: served.space.fingerprint };
    this.account.opened();
    this.account.answered(request, facts);
    return { headers: answerHeaders(facts, elapsedMs(request.raw)), body: answer };
  }

  /** False = the request is not plain; true = it will be answered, with an error if need be. */
  compute(dialect: Dialect<object>, request: FastifyRequest, reply: FastifyReply): boolean {
    const plain = this.plainRequest(dialect, request.body, request);
    if (plain !== undefined) void this.answer(request, reply, async (caller) => await this.requests.answer(dialect, plain.body, caller));
    return plain !== undefined;
  }

  /** Answers a body of any validity on a route that belongs to another dialect, whose controller cannot read it. */
  answerGuest(dialect: Dialect<object>, request: FastifyRequest, reply: FastifyReply): void {
    void this.answer(request, reply, async (caller) => await this.requests.answerUnchecked(dialect, request.body, caller));
  }

  private async answer(request: FastifyRequest, reply: FastifyReply, ask: (caller: HttpCaller) => Promise<EmbedAnswer>): Promise<void> {
    this.account.opened();
    try {
      const answer = await ask(new HttpCaller(request, reply));
      this.account.answered(request, answer);
      void reply.headers(answerHeaders(answer, elapsedMs(request.raw))).send(answer.body);
    } catch (error) {
      this.account.failed(request);
      sendError(error, request, reply);
    }
  }

  private modelOf({ model }: PlainRequest<object>): ServedModel | undefined {
    return model === undefined ? this.models.default : this.models.known(model);
  }

  private plainRequest(
    dialect: Dialect<object>,
    body: unknown,
    { headers }: Pick<FastifyRequest, 'headers'>,
  ): PlainRequest<object> | undefined {
    return hasHeaderOptions(headers) ? undefined : dialect.plain(body, limitsOf(dialect.bodyClass, this.settings));
  }
}
