import { Inject, Injectable } from '@nestjs/common';
import { KeyDirectory } from '../auth/index.js';
import { BYTE_CACHE, type ByteCache } from '../cache/index.js';
import { ADMIN_KEY_NAME, CACHE_SETTINGS, type CacheSettings } from '../config/index.js';
import { CACHED_EMBEDDING_PROVIDER, embeddingKeys, type EmbeddingProvider } from '../embedding/index.js';
import { wellFormed } from '../texts/index.js';

/**
 * Removes stored vectors. Both methods resolve to the number that was stored. Vectors of a key that is no longer known are
 * found only by `forgetAll`.
 */
@Injectable()
export class CacheInvalidationService {
  constructor(
    @Inject(CACHED_EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider,
    @Inject(BYTE_CACHE) private readonly cache: ByteCache,
    @Inject(CACHE_SETTINGS) private readonly settings: CacheSettings,
    private readonly callers: KeyDirectory,
  ) {}

  async forget(texts: readonly string[]): Promise<number> {
    const { space, traits } = this.provider;
    const keys = texts.map(wellFormed).flatMap((text) => embeddingKeys(space.fingerprint, text, traits.prompts, this.scopes()));
    return await this.cache.deleteMany([...new Set(keys)]);
  }

  async forgetAll(): Promise<number> {
    return await this.cache.clear();
  }

  /** See EmbedOptions.cacheScope. */
  private scopes(): readonly string[] {
    return this.settings.scope === 'shared' ? [''] : ['', ADMIN_KEY_NAME, ...this.callers.known.map(({ key }) => key.name)];
  }
}
