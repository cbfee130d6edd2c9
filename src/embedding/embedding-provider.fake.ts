import { createHash } from 'node:crypto';
import { cutText, type Document, type PackedChunks } from '../chunks/index.js';
import { ServiceError } from '../errors/index.js';
import type {
  CutOptions,
  Embedding,
  EmbeddingProvider,
  EmbedOptions,
  ModelState,
  ProcessCounts,
  Truncate,
  Workload,
} from './embedding-provider.port.js';
import { embeddingSpace, type EmbeddingSpace } from './embedding-space.js';
import { meanOfWindows } from './mean-of-windows.js';
import { NO_SMALLER_SIZES, type ModelTraits } from './model-traits.js';
import { Prompts } from './prompts.js';
import { StageTimes } from './stage-times.js';
import { textTooLong } from './text-too-long.js';

const DIMENSIONS = 4;
/** A character is a token. */
const MAX_TOKENS = 8;
const SPECIAL_TOKENS = 2;

interface FakeModel {
  readonly model?: string;
  /** The prompt changes the vector as if it stood before the text. */
  readonly prompts?: Prompts;
  /** Counts a token for each character, and two more. */
  readonly maxTokens?: number;
  readonly dimensions?: number;
}

/** For tests: the vector follows from the text alone. Computations can be counted, held back, failed and aborted. */
export class FakeEmbeddingProvider implements EmbeddingProvider {
  readonly space: EmbeddingSpace;
  readonly traits: ModelTraits;
  /** The texts of each call, in order. */
  readonly calls: (readonly string[])[] = [];
  isClosed = false;
  private readonly underway = new Set<string>();
  private readonly failing = new Map<string, Error>();
  private readonly held = new Map<string, Gate>();

  constructor({ prompts = Prompts.NONE, model = 'fake-model', maxTokens = MAX_TOKENS, dimensions = DIMENSIONS }: FakeModel = {}) {
    this.traits = { pooling: 'mean', prompts, sizes: NO_SMALLER_SIZES };
    this.space = embeddingSpace({
      provider: 'fake',
      model,
      revision: '1',
      dtype: 'fp32',
      pooling: 'mean',
      normalization: 'l2',
      prompt: '',
      maxTokens,
      dimensions,
    });
  }

  /** Rejects this text until further notice. */
  fail(text: string, error: Error = new ServiceError('inference_failed', `${text} fails`)): void {
    this.failing.set(text, error);
  }

  recover(text: string): void {
    this.failing.delete(text);
  }

  /** Computes this text only when `release` is called. */
  hold(text: string): void {
    this.held.set(text, new Gate());
  }

  release(text: string): void {
    this.held.get(text)?.open();
    this.held.delete(text);
  }

  /** This text cannot be aborted, like one that a worker is computing. */
  computeWhateverTheCaller(text: string): void {
    this.underway.add(text);
  }

  embed(texts: readonly string[], options: EmbedOptions): readonly Promise<Embedding>[] {
    this.calls.push([...texts]);
    const prompt = this.traits.prompts.of(options.inputType);
    return texts.map((text) => this.compute(text, prompt, options));
  }

  async cut(document: Document, { inputType, ...size }: CutOptions): Promise<PackedChunks> {
    const prompt = this.traits.prompts.of(inputType);
    const ruler = { count: (text: string) => (prompt + text).length + SPECIAL_TOKENS, estimate: (word: string) => word.length };
    const steps = cutText(document, ruler, size);
    for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return await Promise.resolve(step.value);
  }

  state(): ModelState {
    return 'loaded';
  }

  isProven(): boolean {
    return this.calls.length > 0;
  }

  workload(): Workload {
    return { waiting: this.held.size, active: 0, delayed: 0, completed: this.calls.flat().length, failed: 0 };
  }

  longestWaitMs(): number {
    return 0;
  }

  processCounts(): ProcessCounts {
    return { starting: 0, idle: 1, busy: 0, loadedBytes: 0, state: 'loaded', plan: undefined };
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  private async compute(text: string, prompt: string, { signal, truncate = 'end' }: EmbedOptions): Promise<Embedding> {
    const released = this.held.get(text)?.opened;
    if (released !== undefined) await (this.underway.has(text) ? released : Promise.race([released, abortionOf(signal)]));
    const error = this.failing.get(text);
    if (error !== undefined) throw error;
    const { maxTokens, dimensions } = this.space;
    const embedding = fakeEmbedding(prompt + text, truncate, maxTokens, dimensions);
    if (truncate === 'error' && embedding.inputTokens > maxTokens) throw textTooLong(embedding.inputTokens, maxTokens);
    return embedding;
  }
}

/** What the fake computes for a text: a vector of length one, which differs for each text that it reads. Its windows do not overlap. */
export function fakeEmbedding(text: string, truncate: Truncate = 'end', maxTokens = MAX_TOKENS, dimensions = DIMENSIONS): Embedding {
  const most = maxTokens - SPECIAL_TOKENS;
  if (truncate === 'mean' && text.length > most) {
    const windows = text.match(new RegExp(`.{1,${most}}`, 'gs')) ?? [];
    return meanOfWindows(
      windows.map((window) => ({ embedding: fakeEmbedding(window, 'end', maxTokens, dimensions), weight: window.length })),
    );
  }
  const read = truncate === 'start' ? text.slice(-most) : text.slice(0, most);
  const bytes = createHash('sha256').update(read).digest();
  const numbers = Array.from({ length: dimensions }, (_, index) => bytes.readInt32LE(4 * index));
  const length = Math.hypot(...numbers);
  const inputTokens = text.length + SPECIAL_TOKENS;
  const vector = Float32Array.from(numbers, (number) => number / length);
  return { vector, tokens: Math.min(inputTokens, maxTokens), inputTokens, cached: false };
}

/** Options of a caller who waits and stays. */
export function callerOptions(options: Partial<EmbedOptions> = {}): EmbedOptions {
  return { signal: new AbortController().signal, priority: 'interactive', cacheUse: 'normal', stages: new StageTimes(), ...options };
}

class Gate {
  readonly opened: Promise<void>;
  private resolve: (() => void) | undefined;

  constructor() {
    this.opened = new Promise((resolve) => (this.resolve = resolve));
  }

  open(): void {
    this.resolve?.();
  }
}

function abortionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => reject(new ServiceError('aborted', 'The caller went away.'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
