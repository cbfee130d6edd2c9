import { cutTo, faultOfOutputType, isUnscaled, unscaled, type Embedding, type EmbeddingSpace } from '../../embedding/index.js';
import { faulty } from '../../errors/index.js';
import { bytesOf, isOfLevels, typedVector, vectorJson, type OutputType, type VectorRanges } from '../../vectors/index.js';
import type { EmbeddingRenderer } from './embedding-renderer.js';

/** Writes the vectors of one answer in the size, the length and the types that its request asks for. */
export class VectorWriter {
  constructor(
    private readonly renderer: EmbeddingRenderer,
    private readonly space: Pick<EmbeddingSpace, 'model' | 'dimensions' | 'normalization'>,
    private readonly ranges: VectorRanges | undefined,
  ) {}

  json(embedding: Embedding, type: OutputType = 'float'): string {
    const formed = this.formed(embedding);
    return type === 'float' ? this.renderer.toJson(formed) : vectorJson(typedVector(formed.vector, type, this.ranges));
  }

  /** The base64 of little-endian float32, or of one byte for each whole number. It is not kept, because it takes 0.3 us, and a look-up a third of that. */
  base64(embedding: Embedding, type: OutputType = 'float'): string {
    return bytesOf(typedVector(this.formed(embedding).vector, type, this.ranges)).toString('base64');
  }

  /** The vector in the size and the length that is asked for. */
  formed(embedding: Embedding): Embedding {
    const { space } = this;
    if (isUnscaled(space)) return { ...embedding, vector: lengthened(embedding).slice(0, space.dimensions), cached: false };
    if (embedding.vector.length <= space.dimensions) return embedding;
    return { ...cutTo(space, embedding), cached: false }; // otherwise the renderer would keep it, and never find it again
  }

  /** Throws a ServiceError for a type that the model's vectors cannot have. */
  refuseUnknown(types: readonly OutputType[] = []): void {
    const { model, dimensions } = this.space;
    for (const type of types) {
      const fault = faultOfOutputType(type, model, this.ranges);
      if (fault !== undefined) throw faulty('output_dtype', fault);
      if (isOfLevels(type) && (isUnscaled(this.space) || this.ranges?.least.length !== dimensions))
        throw faulty(
          'output_dtype',
          `cannot be ${type} for cut or unscaled vectors: ranges are those of the whole vector; use float or binary`,
        );
    }
  }
}

function lengthened(embedding: Embedding): Float32Array<ArrayBuffer> {
  if (embedding.length === undefined) throw faulty('normalize', 'must be true for this model, whose provider gives scaled vectors only');
  return unscaled(embedding);
}
