export { MemoryThrottlerStorage } from './memory-throttler-storage.js';
export { countCalls } from './supervised-throttler-storage.js';
