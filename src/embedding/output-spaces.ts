import { faulty, type ServiceError } from '../errors/index.js';
import { cutSpace, type EmbeddingSpace } from './embedding-space.js';
import type { ModelTraits, OutputSizes } from './model-traits.js';

interface SizedModel {
  readonly space: EmbeddingSpace;
  readonly traits: Pick<ModelTraits, 'sizes'>;
}

/** The spaces of a model's vectors in the sizes that `dimensions` may ask for. */
export class OutputSpaces {
  private readonly own: EmbeddingSpace;
  private readonly sizes: OutputSizes;
  private readonly spaces = new Map<number, EmbeddingSpace>();

  /** @param allowed Sizes that are allowed besides those of the model; larger ones than the model has are passed over. */
  constructor({ space, traits }: SizedModel, allowed: readonly number[]) {
    const { smaller } = traits.sizes;
    const added = allowed.filter((size) => size <= space.dimensions);
    this.own = space;
    this.sizes = { ...traits.sizes, smaller: 'least' in smaller ? smaller : [...new Set([...smaller, ...added])] };
  }

  /** The space of vectors of this size; null = the model's own. Throws for a size that the model was not trained for. */
  of(dimensions: number | null | undefined): EmbeddingSpace {
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
