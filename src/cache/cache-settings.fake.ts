import type { CacheSettings } from '../config/index.js';

/** For tests: settings of a cache in memory alone. */
export const MEMORY_ONLY: Omit<CacheSettings, 'redisUrl'> = {
  scope: 'shared',
  memoryBytes: 4_194_304,
  renderedBytes: 0,
  ttlSeconds: 3600,
  timeoutMs: 500,
  disk: undefined,
  redisKeyPrefix: '',
};
