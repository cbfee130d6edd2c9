import { Inject, Injectable } from '@nestjs/common';
import { OPENAI_API_SETTINGS, SettingsError, type OpenAiApiSettings } from '../../config/index.js';
import {
  CACHED_EMBEDDING_PROVIDER,
  cutSpace,
  type EmbeddingProvider,
  type ModelSizes,
  type EmbeddingSpace,
} from '../../embedding/index.js';
import { faulty, type ServiceError } from '../../errors/index.js';

/** Knows the sizes that `dimensions` may ask for. */
@Injectable()
export class OutputSizes {
  private readonly own: EmbeddingSpace;
  private readonly sizes: ModelSizes;
  private readonly spaces = new Map<number, EmbeddingSpace>();

  constructor(
    @Inject(CACHED_EMBEDDING_PROVIDER) { space, traits }: EmbeddingProvider,
    @Inject(OPENAI_API_SETTINGS) { allowedDimensions }: OpenAiApiSettings,
  ) {
    const tooLarge = allowedDimensions.find((size) => size > space.dimensions);
    if (tooLarge !== undefined) {
      throw new SettingsError([`ALLOWED_DIMENSIONS=${tooLarge} is not allowed: use at most ${space.dimensions}, what ${space.model} has`]);
    }
    const { smaller } = traits.sizes;
    this.own = space;
    this.sizes = { ...traits.sizes, smaller: 'least' in smaller ? smaller : [...new Set([...smaller, ...allowedDimensions])] };
  }

  /** The space of vectors of this size; null = the model's own. Throws for a size that the model was not trained for. */
  spaceOf(dimensions: number | null | undefined): EmbeddingSpace {
    if (dimensions === null || dimensions === undefined || dimensions === this.own.dimensions) return this.own;
    if (!this.allows(dimensions)) throw this.refusal();
    let space = this.spaces.get(dimensions);
    if (space === undefined) this.spaces.set(dimensions, (space = cutSpace(this.own, dimensions, this.sizes)));
    return space;
  }

  private allows(dimensions: number): boolean {
    const { smaller } = this.sizes;
    return 'least' in smaller ? dimensions >= smaller.least && dimensions < this.own.dimensions : smaller.includes(dimensions);
  }

  private refusal(): ServiceError {
    const { dimensions, model } = this.own;
    const { smaller } = this.sizes;
    const allowed = 'least' in smaller ? `from ${smaller.least} to ${dimensions}` : [dimensions, ...smaller].join(' or ');
    return faulty('dimensions', `must be ${allowed} for ${model} (ALLOWED_DIMENSIONS adds sizes)`);
  }
}
