import type { ByteCache } from '../cache/index.js';
import type { Document, PackedChunks } from '../chunks/index.js';
import { ServiceError, type ErrorCode } from '../errors/index.js';
import type {
  CutOptions,
  Embedding,
  EmbeddingProvider,
  EmbedOptions,
  ModelState,
  Priority,
  ProcessCounts,
  Workload,
} from './embedding-provider.port.js';
import type { EmbeddingSpace } from './embedding-space.js';
import type { ModelTraits } from './model-traits.js';
import { embeddingKey, fromBytes, hasOwnKey, toBytes } from './stored-embedding.js';
import { isTextTooLong, textTooLong } from './text-too-long.js';

interface KeyedText {
  readonly text: string;
  /** The key of the vector that is asked for. */
  readonly key: string;
  /** The key of the vector of a text that fits; it is the same, whatever is asked for texts that are too long. */
  readonly wholeKey: string;
}

/** One look-up and computation of some texts, which other calls may join. */
interface Flight {
  /** In the order of the texts; settles when each text is known. */
  readonly embeddings: readonly Promise<Embedding>[];
  /** Resolves when what was computed is stored; never rejects. */
  readonly stored: Promise<void>;
}

/** Failures that concern the caller of a flight, not its texts; `invalid_request`: more tokens than it may ever use. */
const CALLERS_OWN: ReadonlySet<ErrorCode> = new Set(['aborted', 'token_limited', 'invalid_request']);

/**
 * Computes only texts that are neither stored nor being computed. The texts of a call that miss go to the provider, once
 * each; a text that another call is computing already is joined, not computed again.
 */
export class CachedEmbeddingProvider implements EmbeddingProvider {
  readonly space: EmbeddingSpace;
  readonly traits: ModelTraits;
  private readonly inFlight = new Map<string, Promise<Embedding>>();

  constructor(
    private readonly provider: EmbeddingProvider,
    private readonly cache: ByteCache,
  ) {
    this.space = provider.space;
    this.traits = provider.traits;
  }

  embed(texts: readonly string[], options: EmbedOptions): readonly Promise<Embedding>[] {
    const prompt = this.traits.prompts.of(options.inputType);
    const { truncate, cacheScope: scope } = options;
    const { fingerprint } = this.space;
    const keys = texts.map((text) => embeddingKey(fingerprint, text, { truncate, prompt, scope }));
    const joined = new Map<string, Promise<Embedding>>();
    const own = new Map<string, KeyedText>();
    texts.forEach((text, index) => {
      const key = keys[index] ?? '';
      if (joined.has(key)) return;
      const flight = options.cacheUse === 'normal' ? this.inFlight.get(key) : undefined;
      if (flight !== undefined) {
        joined.set(key, this.join(flight, text, options));
        return;
      }
      const wholeKey = hasOwnKey(truncate) ? embeddingKey(fingerprint, text, { prompt, scope }) : key;
      own.set(key, { key, wholeKey, text });
    });
    if (own.size > 0) this.depart([...own.values()], options).forEach((embedding, key) => joined.set(key, embedding));
    const embeddings = keys.map((key) => joined.get(key) ?? Promise.reject(new Error('every key is joined or departed')));
    return options.truncate === 'error' ? embeddings.map(refuseIfCut) : embeddings;
  }

  async cut(document: Document, options: CutOptions): Promise<PackedChunks> {
    return await this.provider.cut(document, options);
  }

  state(): ModelState {
    return this.provider.state();
  }

  isProven(): boolean {
    return this.provider.isProven();
  }

  workload(): Workload {
    return this.provider.workload();
  }

  longestWaitMs(priority: Priority): number {
    return this.provider.longestWaitMs(priority);
  }

  processCounts(): ProcessCounts {
    return this.provider.processCounts();
  }

  async close(): Promise<void> {
    await this.provider.close();
  }

  /** Starts a flight for these texts; the embedding of each comes once the whole flight is stored. */
  private depart(texts: readonly KeyedText[], options: EmbedOptions): Map<string, Promise<Embedding>> {
    const flight = options.cacheUse === 'refresh' ? this.compute(texts, options) : this.lookUp(texts, options);
    const results = new Map<string, Promise<Embedding>>();
    texts.forEach(({ key }, index) => {
      const embedding = flight.then(({ embeddings }) => embeddings[index] ?? Promise.reject(new Error('one embedding per text')));
      if (options.cacheUse === 'normal') this.announce(key, embedding, flight);
      embedding.catch(() => undefined); // the caller sees it through the result below, once the flight is stored
      results.set(key, afterStoring(embedding, flight));
    });
    return results;
  }

  private announce(key: string, embedding: Promise<Embedding>, flight: Promise<Flight>): void {
    this.inFlight.set(key, embedding);
    const land = (): unknown => this.inFlight.get(key) === embedding && this.inFlight.delete(key);
    embedding.catch(land); // at once, because callers who joined it and start again must not find it
    flight.then(({ stored }) => stored).then(land, land);
  }

  private async lookUp(texts: readonly KeyedText[], options: EmbedOptions): Promise<Flight> {
    const startedAt = performance.now();
    const found = await this.find(texts);
    options.stages.atLeast('cache', performance.now() - startedAt);
    if (options.budget !== undefined) await options.budget.reserve(found.reduce((sum, hit) => sum + (hit?.tokens ?? 0), 0));
    const missing = texts.filter((_, index) => found[index] === undefined);
    if (missing.length === 0) return { embeddings: found.map((hit) => Promise.resolve(hit as Embedding)), stored: Promise.resolve() };

    const { embeddings, stored } = await this.compute(missing, options);
    let next = 0;
    const inOrder = found.map((hit) => (hit === undefined ? (embeddings[next++] as Promise<Embedding>) : Promise.resolve(hit)));
    return { embeddings: inOrder, stored };
  }

  /** The stored embedding of each text. */
  private async find(texts: readonly KeyedText[]): Promise<readonly (Embedding | undefined)[]> {
    const found = await this.read(texts.map(({ key }) => key));
    const others = texts.filter(({ key, wholeKey }, index) => found[index] === undefined && key !== wholeKey);
    if (others.length === 0) return found;
    const whole = await this.read(others.map(({ wholeKey }) => wholeKey));
    const fitting = new Map(others.map((text, index) => [text, whole[index]]));
    return texts.map((text, index) => found[index] ?? uncut(fitting.get(text)));
  }

  private async read(keys: readonly string[]): Promise<readonly (Embedding | undefined)[]> {
    const values = await this.cache.getMany(keys);
    return values.map((bytes) => bytes && fromBytes(bytes, this.space.dimensions));
  }

  private compute(texts: readonly KeyedText[], options: EmbedOptions): Promise<Flight> {
    const embeddings = this.provider.embed(
      texts.map(({ text }) => text),
      options,
    );
    const settled = Promise.allSettled(embeddings);
    const stored =
      options.cacheUse === 'skip-store' ? settled.then(() => undefined) : settled.then((results) => this.store(texts, results));
    return Promise.resolve({ embeddings, stored });
  }

  private async store(texts: readonly KeyedText[], results: readonly PromiseSettledResult<Embedding>[]): Promise<void> {
    const entries = texts.flatMap(({ key, wholeKey }, index) => {
      const result = results[index];
      if (result?.status !== 'fulfilled') return [];
      const { value } = result;
      return [{ key: value.windows === undefined && uncut(value) ? wholeKey : key, value: toBytes(value) }];
    });
    if (entries.length > 0) await this.cache.setMany(entries);
  }

  /** If the first caller left or was over its limit, starts again for a caller who joined. */
  private async join(flight: Promise<Embedding>, text: string, options: EmbedOptions): Promise<Embedding> {
    try {
      return await flight;
    } catch (error) {
      const abandoned = error instanceof ServiceError && CALLERS_OWN.has(error.code) && !options.signal.aborted;
      const refused = isTextTooLong(error) && options.truncate !== 'error';
      if (!abandoned && !refused) throw error;
      const [again] = this.embed([text], options);
      return await (again ?? flight);
    }
  }
}

async function afterStoring(embedding: Promise<Embedding>, flight: Promise<Flight>): Promise<Embedding> {
  const { stored } = await flight;
  await stored;
  return await embedding;
}

/** The embedding, if it is of the whole text. */
function uncut(embedding: Embedding | undefined): Embedding | undefined {
  return embedding !== undefined && embedding.inputTokens <= embedding.tokens ? embedding : undefined;
}

/** A vector that was stored, or computed for another caller, may be of a text whose end was cut off. */
async function refuseIfCut(promise: Promise<Embedding>): Promise<Embedding> {
  const embedding = await promise;
  if (embedding.inputTokens > embedding.tokens) throw textTooLong(embedding.inputTokens, embedding.tokens);
  return embedding;
}
