export type { ChunkPlace } from './chunk-place.js';
export { faultOfChunkSize, type ChunkSize } from './chunk-size.js';
export type { Ruler } from './chunks-of.js';
export { chunksIn, cutText, type Chunk, type Document, type PackedChunks } from './cut-text.js';
export { titled } from './titled.js';
