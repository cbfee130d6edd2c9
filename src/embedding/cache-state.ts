/** Which texts of an answer came from the cache: all, some or none. */
export type CacheState = 'hit' | 'partial' | 'miss';

export function cacheStateOf({ texts, cachedTexts }: { readonly texts: number; readonly cachedTexts: number }): CacheState {
  if (cachedTexts === texts) return 'hit';
  return cachedTexts === 0 ? 'miss' : 'partial';
}
