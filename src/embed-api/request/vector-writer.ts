import { cutTo, isUnscaled, unscaled, type Embedding, type EmbeddingSpace } from '../../embedding/index.js';
import { faulty } from '../../errors/index.js';
import { SMALL_TYPES, smallVector, type SmallType, type VectorRanges } from '../../vectors/index.js';
import type { EmbeddingRenderer } from './embedding-renderer.js';

export const OUTPUT_TYPES = ['float', ...SMALL_TYPES] as const;
export type OutputType = (typeof OUTPUT_TYPES)[number];

/** The types that vectors of a model can have. */
export function outputTypesOf(ranges: VectorRanges | undefined): readonly OutputType[] {
  return ranges === undefined ? OUTPUT_TYPES.filter((type) => !isWhole(type)) : OUTPUT_TYPES;
}

/** Whether the numbers are levels between the ends of their dimensions. */
function isWhole(type: OutputType): boolean {
  return type === 'int8' || type === 'uint8';
}

/** Writes the vectors of one answer in the size, the length and the types that its request asks for. */
export class VectorWriter {
  constructor(
    private readonly renderer: EmbeddingRenderer,
    private readonly space: Pick<EmbeddingSpace, 'model' | 'dimensions' | 'normalization'>,
    private readonly ranges: VectorRanges | undefined,
  ) {}

  json(embedding: Embedding, type: OutputType = 'float'): string {
    return type === 'float' ? this.renderer.toJson(this.formed(embedding)) : `[${this.small(embedding, type).join(',')}]`;
  }

  /** The base64 of little-endian float32, or of one byte for each whole number. */
  base64(embedding: Embedding, type: OutputType = 'float'): string {
    if (type === 'float') return this.renderer.toBase64(this.formed(embedding));
    const { buffer, byteOffset, byteLength } = this.small(embedding, type);
    return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
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
    const whole = types.find(isWhole);
    if (whole === undefined) return;
    const { model, dimensions } = this.space;
    if (this.ranges === undefined)
      throw faulty('output_dtype', `cannot be ${whole}: the ranges of ${model} were not measured; use float or binary`);
    if (isUnscaled(this.space) || this.ranges.least.length !== dimensions)
      throw faulty(
        'output_dtype',
        `cannot be ${whole} for cut or unscaled vectors: ranges are those of the whole vector; use float or binary`,
      );
  }

  private small(embedding: Embedding, type: SmallType): Uint8Array | Int8Array {
    return smallVector(this.formed(embedding).vector, type, this.ranges);
  }
}

function lengthened(embedding: Embedding): Float32Array<ArrayBuffer> {
  if (embedding.length === undefined) throw faulty('normalize', 'must be true for this model, whose provider gives scaled vectors only');
  return unscaled(embedding);
}
