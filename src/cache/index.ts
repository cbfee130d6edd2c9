export { BYTE_CACHE, type ByteCache, type CacheSize } from './byte-cache.port.js';
export { CacheModule } from './cache.module.js';
export { MemoryByteCache } from './memory-byte-cache.js';
