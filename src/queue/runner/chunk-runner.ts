import type { CacheScope } from '../../config/index.js';
import { ServiceError, type ErrorCode } from '../../errors/index.js';
import { cacheScopeOf, isTextTooLong, StageTimes, type Embedding, type EmbeddingProvider } from '../../embedding/index.js';
import { typedVector } from '../../vectors/index.js';
import { resultsToBytes, type ItemResult } from '../chunk-results.js';
import { NO_TEXT, type ChunkRef, type Job, type JobError, type JobItem } from '../job.js';
import { rangesFromText } from '../stored-ranges.js';
import type { JobStore } from '../store/job-store.port.js';
import { TryLater } from './job-queue.port.js';
import type { RunObserver } from './run-observer.port.js';

/** Tries of a chunk before it is halved, or, of a text alone, before it is given up. */
const MOST_TRIES = 3;
const FIRST_DELAY_MS = 500;
/** The delay of a chunk that needs another model: another worker may have it. */
const OTHER_SPACE_DELAY_MS = 3_000;
/** While the provider does not work at all. */
const WAIT_MS = 2_000;

/** Failures whose cause is not in the texts: the work waits until they are over. */
const NOT_THE_TEXTS: readonly ErrorCode[] = [
  'aborted',
  'insufficient_storage',
  'overloaded',
  'rate_limited',
  'shutting_down',
  'unavailable',
  'upstream_rate_limited',
  'upstream_unauthorized',
  'upstream_unavailable',
];

const HAS_NO_TEXT = new ServiceError('invalid_request', 'There is no text: it is null, or only white space.');

type Embedder = Pick<EmbeddingProvider, 'embed'>;

/** The models that this process has. */
export interface RunnableModels {
  ofSpace(fingerprint: string): { readonly provider: Embedder } | undefined;
}

interface ChunkRunnerOptions {
  readonly store: JobStore;
  readonly models: RunnableModels;
  /** Which callers share cached vectors. */
  readonly cacheScope: CacheScope;
  readonly observer: RunObserver;
  /** Aborts when the process stops. */
  readonly signal: AbortSignal;
}

/**
 * Does a chunk: computes its texts and stores their results. A chunk that fails is tried again, then halved until the text
 * that fails stands alone; the result of that text is its error. A try is counted before it is made, so a text that ends its
 * process each time is found in the same way.
 */
export class ChunkRunner {
  constructor(private readonly options: ChunkRunnerOptions) {}

  /** Rejects with TryLater when the chunk is to be tried again. */
  async run(chunk: ChunkRef): Promise<void> {
    try {
      await this.tryOnce(chunk);
    } catch (error) {
      throw error instanceof TryLater ? error : new TryLater(WAIT_MS, error);
    }
  }

  private async tryOnce(chunk: ChunkRef): Promise<void> {
    const job = await this.options.store.get(chunk.jobId);
    // Vectors of two spaces are never mixed: a worker that has the job's model takes the chunk.
    const model = job === undefined ? undefined : this.options.models.ofSpace(job.space);
    if (job !== undefined && model === undefined)
      throw new TryLater(OTHER_SPACE_DELAY_MS, new Error(`this process does not have the model ${job.model}`));
    const begun = await this.options.store.begin(chunk);
    if (job === undefined || model === undefined || begun === undefined) return;
    const { items, tries } = begun;
    const results = tries > MOST_TRIES ? items.map(endedItsProcess) : await this.compute(items, job.account, model.provider);
    const done = { chunk, items, results };
    const failure = failureOf(results);
    if (failure === undefined) await this.complete(job, done);
    else if (isNotTheTexts(failure)) await this.putBack(chunk, failure);
    else if (tries < MOST_TRIES) this.tryAgain(tries, failure);
    else if (chunk.count > 1) await this.split(chunk);
    else await this.complete(job, done);
  }

  private async compute(
    items: readonly JobItem[],
    account: string,
    provider: Embedder,
  ): Promise<readonly PromiseSettledResult<Embedding>[]> {
    const cacheScope = cacheScopeOf(this.options.cacheScope, account);
    const signal = AbortSignal.any([this.options.signal]); // a signal for this chunk, so that listeners do not pile up on that of the process
    const embeddings = new Map<JobItem, Promise<Embedding>>();
    for (const alike of alikeIn(items.filter(({ text }) => text !== NO_TEXT))) {
      const { inputType, truncate } = alike[0] ?? {};
      const caller = { signal, priority: 'background', cacheUse: 'normal', cacheScope, stages: new StageTimes() } as const;
      const computed = provider.embed(textsOf(alike), { ...caller, inputType, truncate });
      computed.forEach((embedding, index) => alike[index] && embeddings.set(alike[index], embedding));
    }
    return await Promise.allSettled(items.map((item) => embeddings.get(item) ?? Promise.reject(withoutEmbedding(item))));
  }

  private async putBack(chunk: ChunkRef, failure: Error): Promise<never> {
    await this.options.store.putBack(chunk);
    throw new TryLater(WAIT_MS, failure);
  }

  private tryAgain(tries: number, failure: Error): never {
    this.options.observer.chunkRetried();
    throw new TryLater(FIRST_DELAY_MS * 2 ** (tries - 1), failure);
  }

  /** Each half is tried once, and then halved again. */
  private async split(chunk: ChunkRef): Promise<void> {
    await this.options.store.split(chunk, MOST_TRIES - 1);
    this.options.observer.chunkSplit();
  }

  private async complete(job: Job, { chunk, items, results: settled }: ComputedChunk): Promise<void> {
    const toResult = itemResults(job);
    const results = settled.map((result, index) => toResult(items[index], result));
    const failed = results.filter((result) => 'error' in result).length;
    const completed = results.length - failed;
    const isStored = await this.options.store.complete(chunk, { bytes: resultsToBytes(results, job.outputType), completed, failed });
    if (isStored) this.options.observer.textsDone(completed, failed);
  }
}

interface ComputedChunk {
  readonly chunk: ChunkRef;
  readonly items: readonly JobItem[];
  readonly results: readonly PromiseSettledResult<Embedding>[];
}

/** The items in groups that are read in the same way. */
function alikeIn(items: readonly JobItem[]): Iterable<readonly JobItem[]> {
  const groups = new Map<string, JobItem[]>();
  for (const item of items) {
    const key = JSON.stringify([item.inputType, item.truncate]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups.values();
}

function textsOf(items: readonly JobItem[]): readonly string[] {
  return items.map(({ text }) => text);
}

function withoutEmbedding({ text }: JobItem): Error {
  return text === NO_TEXT ? HAS_NO_TEXT : new Error('one embedding per text');
}

function endedItsProcess(): PromiseSettledResult<Embedding> {
  const reason = new ServiceError('inference_failed', 'The process that computed this text ended at every try.');
  return { status: 'rejected', reason };
}

/** Makes results of a job, with vectors in its type. */
function itemResults({ outputType, ranges }: Job): (item: JobItem | undefined, settled: PromiseSettledResult<Embedding>) => ItemResult {
  const ends = rangesFromText(ranges);
  return (item, settled) => {
    const named = { ...(item?.id !== undefined && { id: item.id }), ...(item?.place !== undefined && { place: item.place }) };
    if (settled.status === 'rejected') return { ...named, error: errorFor(settled.reason) };
    const { vector, tokens, inputTokens } = settled.value;
    return { ...named, vector: typedVector(vector, outputType, ends), tokens, inputTokens };
  };
}

function errorFor(reason: unknown): JobError {
  if (reason instanceof ServiceError) return { code: reason.code, message: reason.message };
  return { code: 'inference_failed', message: 'No vector could be computed for this text.' };
}

/**
 * A failure that may pass comes first, because the other texts may have failed for the same reason. A text that is too long
 * or missing is no failure, because another try would end in the same way.
 */
function failureOf(results: readonly PromiseSettledResult<Embedding>[]): Error | undefined {
  const all = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  const reasons = all.filter((reason) => !isTextTooLong(reason) && reason !== HAS_NO_TEXT);
  return reasons.find((reason) => isNotTheTexts(reason)) ?? reasons[0];
}

function isNotTheTexts(error: unknown): boolean {
  return error instanceof ServiceError && NOT_THE_TEXTS.includes(error.code);
}
