import { Inject, Injectable } from '@nestjs/common';
import { OPENAI_API_SETTINGS, SettingsError, type OpenAiApiSettings } from '../../config/index.js';
import { CACHED_EMBEDDING_PROVIDER, cutSpace, type Embedding, type EmbeddingProvider, type EmbeddingSpace } from '../../embedding/index.js';
import { ServiceError } from '../../errors/index.js';

/**
 * The smaller sizes that models were trained for (Matryoshka), by the last part of the models' names. They come from the
 * model cards, and for OpenAI's models from its documentation. Models that are not listed lose too much when cut, or need
 * more than cutting (nomic-embed-text needs a layer norm before).
 */
const TRAINED_SIZES: Readonly<Record<string, readonly number[] | 'any'>> = {
  'text-embedding-3-small': 'any',
  'text-embedding-3-large': 'any',
  'embeddinggemma-300m': [512, 256, 128],
  'mxbai-embed-large-v1': [512],
  'snowflake-arctic-embed-m-v1.5': [256],
  'snowflake-arctic-embed-m-v2.0': [256],
  'snowflake-arctic-embed-l-v2.0': [256],
};

/** Knows the sizes that `dimensions` may ask for. */
@Injectable()
export class OutputSizes {
  private readonly own: EmbeddingSpace;
  private readonly smaller: readonly number[] | 'any';
  private readonly spaces = new Map<number, EmbeddingSpace>();

  constructor(
    @Inject(CACHED_EMBEDDING_PROVIDER) { space }: EmbeddingProvider,
    @Inject(OPENAI_API_SETTINGS) { allowedDimensions }: OpenAiApiSettings,
  ) {
    const tooLarge = allowedDimensions.find((size) => size > space.dimensions);
    if (tooLarge !== undefined) {
      throw new SettingsError([`ALLOWED_DIMENSIONS=${tooLarge} is not allowed: use at most ${space.dimensions}, what ${space.model} has`]);
    }
    const known = TRAINED_SIZES[space.model.split('/').at(-1)?.toLowerCase() ?? ''] ?? [];
    this.own = space;
    this.smaller = known === 'any' ? known : [...new Set([...known, ...allowedDimensions])];
  }

  /** The space of vectors of this size; null = the model's own. Throws for a size that the model was not trained for. */
  spaceOf(dimensions: number | null | undefined): EmbeddingSpace {
    if (dimensions === null || dimensions === undefined || dimensions === this.own.dimensions) return this.own;
    if (!this.allows(dimensions)) throw this.refusal();
    let space = this.spaces.get(dimensions);
    if (space === undefined) this.spaces.set(dimensions, (space = cutSpace(this.own, dimensions)));
    return space;
  }

  private allows(dimensions: number): boolean {
    return this.smaller === 'any' ? dimensions < this.own.dimensions : this.smaller.includes(dimensions);
  }

  private refusal(): ServiceError {
    const { dimensions, model } = this.own;
    const allowed = this.smaller === 'any' ? `from 1 to ${dimensions}` : [dimensions, ...this.smaller].join(' or ');
    return ServiceError.ofFaults('invalid_request', [
      { field: 'dimensions', message: `must be ${allowed} for ${model} (ALLOWED_DIMENSIONS adds sizes)` },
    ]);
  }
}

/** Keeps the first numbers of a vector, and scales them to length one. */
export function cutTo(dimensions: number, embedding: Embedding): Embedding {
  const vector = embedding.vector.slice(0, dimensions);
  let squares = 0;
  for (const value of vector) squares += value * value;
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  return { ...embedding, vector: vector.map((value) => value * scale) };
}
