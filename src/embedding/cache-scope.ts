import type { CacheScope } from '../config/index.js';

/** The scope of an owner's vectors in the cache (EmbedOptions.cacheScope). Callers without a key share one. */
export function cacheScopeOf(scope: CacheScope, owner: string): string {
  return scope === 'key' ? owner : '';
}
