import type { JobItem } from '../../queue/index.js';
import { ServiceError } from '../../errors/index.js';
import type { OfflineRequest } from '../../openai-api/index.js';
import type { BatchLine } from './batch-lines.js';
import type { BatchCounts, BatchFault } from './batch-record.js';

/** OpenAI's limits. */
const MOST_REQUESTS = 50_000;
const MOST_INPUTS = 50_000;
const MOST_FAULTS = 100;

/** Turns the requests of a batch into items of a job, and collects faults on the way. */
export class BatchInput {
  readonly faults: BatchFault[] = [];
  private requests = 0;
  private refused = 0;
  private inputs = 0;
  private named: string | undefined;

  constructor(private readonly lines: AsyncIterable<BatchLine | BatchFault>) {}

  get counts(): BatchCounts {
    return { total: this.requests, completed: 0, failed: this.refused };
  }

  /** The model of all requests; undefined = none was read yet. */
  get model(): string | undefined {
    return this.named;
  }

  get hasTexts(): boolean {
    return this.inputs > 0;
  }

  /** Throws after the last line if the batch cannot be done; `faults` has the reasons. */
  async *items(): AsyncGenerator<JobItem> {
    for await (const line of this.lines) {
      if (this.faults.length === MOST_FAULTS) break;
      if ('code' in line) this.faults.push(line);
      else yield* this.itemsOf(line);
    }
    if (this.requests === 0 && this.faults.length === 0) this.refuse('empty_file', 'The input file has no requests.');
    if (this.faults.length > 0) throw new ServiceError('invalid_request', 'The input file cannot be used.');
  }

  private *itemsOf({ number, request }: BatchLine): Generator<JobItem> {
    this.requests++;
    if (this.requests > MOST_REQUESTS) this.refuseOnce('too_many_tasks', `A batch may have ${MOST_REQUESTS} requests.`);
    if (request instanceof ServiceError) {
      this.refused++;
      return;
    }
    this.refuseOtherModel(number, request);
    this.inputs += request.texts.length;
    if (this.inputs > MOST_INPUTS) this.refuseOnce('too_many_inputs', `A batch may have ${MOST_INPUTS} inputs.`);
    if (this.faults.length === 0) for (const text of request.texts) yield { text, ...readingOf(request) };
  }

  /** As at OpenAI: the vectors of a batch have one space. */
  private refuseOtherModel(line: number, { request: { served } }: OfflineRequest): void {
    this.named ??= served.name;
    if (served.name === this.named) return;
    const message = `All requests of a batch must have the same model; the first has ${this.named}. Send a batch for each model.`;
    this.faults.push({ code: 'mismatched_model', message, line, param: 'body.model' });
  }

  private refuseOnce(code: string, message: string): void {
    if (!this.faults.some((fault) => fault.code === code)) this.refuse(code, message);
  }

  private refuse(code: string, message: string): void {
    this.faults.push({ code, message, line: null, param: null });
  }
}

/** A text that must not be cut is computed like any other, and its request refused when it is answered. */
function readingOf({ request: { inputType, truncate } }: OfflineRequest): Pick<JobItem, 'inputType' | 'truncate'> {
  return {
    ...(inputType !== undefined && inputType !== null && { inputType }),
    ...((truncate === 'start' || truncate === 'mean') && { truncate }),
  };
}
