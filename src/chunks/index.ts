export type { ChunkPlace } from './chunk-place.js';
