import { Inject, Injectable } from '@nestjs/common';
import { BYTE_CACHE, type ByteCache } from '../cache/index.js';
import { ADMIN_KEY_NAME, AUTH_SETTINGS, CACHE_SETTINGS, type AuthSettings, type CacheSettings } from '../config/index.js';
import { CACHED_EMBEDDING_PROVIDER, embeddingKeys, type EmbeddingProvider } from '../embedding/index.js';
import { wellFormed } from '../texts/index.js';

/**
 * Removes stored vectors. Both methods resolve to the number that was stored. Vectors of a key that is no longer configured
 * are found only by `forgetAll`.
 */
@Injectable()
export class CacheInvalidationService {
  /** See EmbedOptions.cacheScope. */
  private readonly scopes: readonly string[];

  constructor(
    @Inject(CACHED_EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider,
    @Inject(BYTE_CACHE) private readonly cache: ByteCache,
    @Inject(CACHE_SETTINGS) { scope }: CacheSettings,
    @Inject(AUTH_SETTINGS) { apiKeys }: AuthSettings,
  ) {
    this.scopes = scope === 'shared' ? [''] : ['', ADMIN_KEY_NAME, ...apiKeys.map(({ name }) => name)];
  }

  async forget(texts: readonly string[]): Promise<number> {
    const { space, traits } = this.provider;
    const keys = texts.map(wellFormed).flatMap((text) => embeddingKeys(space.fingerprint, text, traits.prompts, this.scopes));
    return await this.cache.deleteMany([...new Set(keys)]);
  }

  async forgetAll(): Promise<number> {
    return await this.cache.clear();
  }
}
