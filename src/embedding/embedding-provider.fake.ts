import { ServiceError } from '../errors/index.js';
import type { Embedding, EmbeddingProvider, EmbedOptions, ProcessCounts, Workload } from './embedding-provider.port.js';
import { embeddingSpace } from './embedding-space.js';
import { StageTimes } from './stage-times.js';

const DIMENSIONS = 4;

/** For tests: the vector follows from the text alone, and what is computed can be counted, held back, failed and aborted. */
export class FakeEmbeddingProvider implements EmbeddingProvider {
  readonly space = embeddingSpace({
    provider: 'fake',
    model: 'fake-model',
    revision: '1',
    dtype: 'fp32',
    pooling: 'mean',
    normalization: 'l2',
    prompt: '',
    maxTokens: 8,
    dimensions: DIMENSIONS,
  });
  /** The texts of each call, in order. */
  readonly calls: (readonly string[])[] = [];
  isClosed = false;
  private readonly underway = new Set<string>();
  private readonly failing = new Map<string, Error>();
  private readonly held = new Map<string, Gate>();

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

  embed(texts: readonly string[], { signal }: EmbedOptions): readonly Promise<Embedding>[] {
    this.calls.push([...texts]);
    return texts.map((text) => this.compute(text, signal));
  }

  lastComputedAt(): number | undefined {
    return this.calls.length === 0 ? undefined : 1;
  }

  workload(): Workload {
    return { waiting: this.held.size, active: 0, delayed: 0, completed: this.calls.flat().length, failed: 0 };
  }

  longestWaitMs(): number {
    return 0;
  }

  processCounts(): ProcessCounts {
    return { starting: 0, idle: 1, busy: 0 };
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  private async compute(text: string, signal: AbortSignal): Promise<Embedding> {
    const released = this.held.get(text)?.opened;
    await (this.underway.has(text) ? released : Promise.race([released, abortionOf(signal)]));
    const error = this.failing.get(text);
    if (error !== undefined) throw error;
    return fakeEmbedding(text);
  }
}

/** What the fake computes for a text: of length one, and of another direction for nearly every other text. */
export function fakeEmbedding(text: string): Embedding {
  let angle = 0;
  for (const character of text) angle = (angle * 31 + (character.codePointAt(0) ?? 0)) % 6_283;
  const vector = new Float32Array(DIMENSIONS);
  vector.set([Math.cos(angle / 1000), Math.sin(angle / 1000)]);
  return { vector, tokens: Math.min(text.length + 2, 8), inputTokens: text.length + 2, cached: false };
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
