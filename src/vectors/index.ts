export { cosineBetween } from './cosine.js';
export { float32Json } from './float32-json.js';
export { NPY_HEADER_BYTES, npyHeader } from './npy.js';
export { SMALL_TYPES, smallVector, type SmallType, type VectorRanges } from './small-vectors.js';
