/** The types of pgvector for vectors of floats: 4 or 2 bytes a number. */
export const VECTOR_TYPES = ['vector', 'halfvec'] as const;
export type VectorType = (typeof VECTOR_TYPES)[number];

/** The most dimensions that an HNSW index takes (pgvector 0.8). */
const MOST_INDEXED: Readonly<Record<VectorType, number>> = { vector: 2_000, halfvec: 4_000 };

/** The most dimensions of a column. */
export const MOST_DIMENSIONS = 16_000;

/** Vectors as they are computed, unless only their halves can be indexed. */
export function usualVectorType(dimensions: number): VectorType {
  return !canBeIndexed('vector', dimensions) && canBeIndexed('halfvec', dimensions) ? 'halfvec' : 'vector';
}

export function canBeIndexed(type: VectorType, dimensions: number): boolean {
  return dimensions <= MOST_INDEXED[type];
}
