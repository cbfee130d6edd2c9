import { Inject, Injectable } from '@nestjs/common';
import { KeyDirectory } from '../auth/index.js';
import { BYTE_CACHE, type ByteCache } from '../cache/index.js';
import { ADMIN_KEY_NAME, CACHE_SETTINGS, type CacheSettings } from '../config/index.js';
import { embeddingKeys, keyPrefix, Models } from '../embedding/index.js';
import { wellFormed } from '../texts/index.js';

/**
 * Removes stored vectors. Both methods resolve to the number that was stored. Vectors of a key that is no longer known are
 * found only by `forgetAll`.
 */
@Injectable()
export class CacheInvalidationService {
  constructor(
    @Inject(BYTE_CACHE) private readonly cache: ByteCache,
    @Inject(CACHE_SETTINGS) private readonly settings: CacheSettings,
    private readonly callers: KeyDirectory,
    private readonly models: Models,
  ) {}

  /** @param model Undefined = the default. */
  async forget(texts: readonly string[], model: string | undefined): Promise<number> {
    const { space, traits } = this.models.find(model);
    const keys = texts.map(wellFormed).flatMap((text) => embeddingKeys(space.fingerprint, text, traits.prompts, this.scopes()));
    return await this.cache.deleteMany([...new Set(keys)]);
  }

  /** @param model Undefined = all, also those of models that are no longer configured. */
  async forgetAll(model: string | undefined): Promise<number> {
    return await this.cache.clear(model === undefined ? '' : keyPrefix(this.models.find(model).space.fingerprint));
  }

  /** See EmbedOptions.cacheScope. */
  private scopes(): readonly string[] {
    return this.settings.scope === 'shared' ? [''] : ['', ADMIN_KEY_NAME, ...this.callers.known.map(({ key }) => key.name)];
  }
}
