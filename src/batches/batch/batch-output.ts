import { randomBytes } from 'node:crypto';
import type { Embedding } from '../../embedding/index.js';
import { ServiceError } from '../../errors/index.js';
import { isErrorCode } from '../../http/index.js';
import { refused, type OfflineAnswer, type OfflineEmbeddings, type OfflineRequest } from '../../openai-api/index.js';
import type { ItemResult, ResultsPart } from '../../queue/index.js';
import type { BatchLine } from './batch-lines.js';
import type { BatchFault } from './batch-record.js';

/** The reasons why requests of a batch that ended early have no answer. */
export interface Unanswered {
  readonly code: string;
  readonly message: string;
}

export interface BatchOutputOptions {
  readonly lines: AsyncIterable<BatchLine | BatchFault>;
  /** The results of the job from its first text on; empty when there is no job. */
  readonly results: AsyncIterable<ResultsPart>;
  readonly embeddings: OfflineEmbeddings;
  readonly unanswered: Unanswered;
}

/** Writes one of the two files of a batch: the requests that were answered, or those that were not. */
export class BatchOutput {
  /** Requests that were written to this file. */
  written = 0;
  tokens = 0;

  constructor(private readonly options: BatchOutputOptions) {}

  async *answers(): AsyncGenerator<Buffer> {
    yield* this.file((answer) => answer.status === 200);
  }

  async *errors(): AsyncGenerator<Buffer> {
    yield* this.file((answer) => answer.status !== 200);
  }

  private async *file(belongs: (answer: OfflineAnswer) => boolean): AsyncGenerator<Buffer> {
    const results = new ResultCursor(this.options.results);
    for await (const line of this.options.lines) {
      if ('code' in line) continue; // a batch with such lines has no output
      const answer = await this.answerTo(line.request, results);
      if (answer === undefined ? !belongs(NO_ANSWER) : !belongs(answer)) continue;
      this.written++;
      this.tokens += answer?.tokens ?? 0;
      yield Buffer.from(this.lineOf(line, answer));
    }
  }

  /** Undefined = the batch ended before this request was answered. */
  private async answerTo(request: OfflineRequest | ServiceError, results: ResultCursor): Promise<OfflineAnswer | undefined> {
    if (request instanceof ServiceError) return refused(request);
    const outcomes = await results.take(request.texts.length);
    return outcomes === undefined ? undefined : await this.options.embeddings.answer(request, outcomes.map(outcomeOf));
  }

  private lineOf({ customId }: BatchLine, answer: OfflineAnswer | undefined): string {
    const head = `{"id":"batch_req_${randomBytes(16).toString('hex')}","custom_id":${JSON.stringify(customId)}`;
    if (answer === undefined) return `${head},"response":null,"error":${JSON.stringify(this.options.unanswered)}}\n`;
    const requestId = `req_${randomBytes(16).toString('hex')}`;
    return `${head},"response":{"status_code":${answer.status},"request_id":"${requestId}","body":${answer.body}},"error":null}\n`;
  }
}

const NO_ANSWER: OfflineAnswer = { status: 0, body: '', tokens: 0 };

/** Takes results in their order, on demand. */
class ResultCursor {
  private readonly parts: AsyncIterator<ResultsPart>;
  private waiting: ItemResult[] = [];

  constructor(results: AsyncIterable<ResultsPart>) {
    this.parts = results[Symbol.asyncIterator]();
  }

  /** Undefined = some of these results were not computed. */
  async take(count: number): Promise<readonly ItemResult[] | undefined> {
    while (this.waiting.length < count) {
      const next = await this.parts.next();
      if (next.done === true) return undefined;
      this.waiting.push(...next.value.results);
    }
    const taken = this.waiting.slice(0, count);
    this.waiting = this.waiting.slice(count);
    return taken.some((result) => 'isMissing' in result) ? undefined : taken;
  }
}

function outcomeOf(result: ItemResult): Embedding | ServiceError {
  if ('error' in result) {
    const { code, message } = result.error;
    return new ServiceError(isErrorCode(code) ? code : 'inference_failed', message);
  }
  const { vector, tokens, inputTokens } = result;
  if (!(vector instanceof Float32Array)) throw new Error('the job of a batch has float vectors');
  return { vector, tokens, inputTokens, cached: false };
}
