import type { Embedding } from './embedding-provider.port.js';
import { hasLayerNorm, type EmbeddingSpace } from './embedding-space.js';

/** PyTorch's default. */
const LAYER_NORM_EPSILON = 1e-5;

/** The first numbers of a vector, as many as the space has, of length one again. */
export function cutTo(space: Pick<EmbeddingSpace, 'dimensions' | 'normalization'>, embedding: Embedding): Embedding {
  const isNormed = hasLayerNorm(space);
  const whole = isNormed ? layerNormed(unscaled(embedding)) : embedding.vector;
  const vector = whole.slice(0, space.dimensions);
  const before = isNormed ? 1 : embedding.length;
  let squares = 0;
  for (const value of vector) squares += value * value;
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  return {
    ...embedding,
    vector: vector.map((value) => value * scale),
    length: before === undefined ? undefined : Math.sqrt(squares) * before,
  };
}

/** The vector that the model gave, before it was scaled to length one; where its length is not known, the scaled one. */
export function unscaled({ vector, length = 1 }: Embedding): Float32Array<ArrayBuffer> {
  return length === 1 ? vector : vector.map((value) => value * length);
}

/** Without weights, as nomic-embed-text asks before a cut. */
function layerNormed(vector: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const mean = vector.reduce((sum, value) => sum + value, 0) / vector.length;
  const variance = vector.reduce((sum, value) => sum + (value - mean) ** 2, 0) / vector.length;
  const scale = 1 / Math.sqrt(variance + LAYER_NORM_EPSILON);
  return vector.map((value) => (value - mean) * scale);
}
