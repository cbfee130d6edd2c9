export { cosineBetween } from './cosine.js';
export { float32Json } from './float32-json.js';
export { NPY_HEADER_BYTES, npyHeader } from './npy.js';
export {
  bytesOf,
  bytesPerNumber,
  isOfLevels,
  noVector,
  OUTPUT_TYPES,
  sizeInType,
  typedVector,
  vectorJson,
  vectorOfNumbers,
  vectorsIn,
  type OutputType,
  type TypedVector,
} from './output-types.js';
export type { VectorRanges } from './small-vectors.js';
