import { Inject, Injectable } from '@nestjs/common';
import { BYTE_CACHE, type ByteCache } from '../cache/index.js';
import { CACHED_EMBEDDING_PROVIDER, embeddingKeys, type EmbeddingProvider } from '../embedding/index.js';
import { wellFormed } from '../texts/index.js';

/** Removes stored vectors. Both methods resolve to the number that was stored. */
@Injectable()
export class CacheInvalidationService {
  constructor(
    @Inject(CACHED_EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider,
    @Inject(BYTE_CACHE) private readonly cache: ByteCache,
  ) {}

  async forget(texts: readonly string[]): Promise<number> {
    const { space, traits } = this.provider;
    const keys = texts.map(wellFormed).flatMap((text) => embeddingKeys(space.fingerprint, text, traits.prompts));
    return await this.cache.deleteMany([...new Set(keys)]);
  }

  async forgetAll(): Promise<number> {
    return await this.cache.clear();
  }
}
