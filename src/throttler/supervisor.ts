export { MemoryThrottlerStorage } from './memory-throttler-storage.js';
export { countCalls } from './supervised-throttler-storage.js';
export { MemoryTokenStorage } from './tokens/memory-token-storage.js';
export { countTokens } from './tokens/supervised-token-storage.js';
