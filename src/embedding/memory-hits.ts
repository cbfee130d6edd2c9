import { Inject, Injectable } from '@nestjs/common';
import { BYTE_CACHE, type ByteCache } from '../cache/index.js';
import { CACHED_EMBEDDING_PROVIDER } from './embedding.providers.js';
import type { Embedding, EmbeddingProvider } from './embedding-provider.port.js';
import type { StageTimes } from './stage-times.js';
import { embeddingKey, fromBytes } from './stored-embedding.js';

/** Finds embeddings in this process's memory, without waiting. */
@Injectable()
export class MemoryHits {
  /** The prompt of texts that come without an input type. */
  private readonly prompt: string;

  constructor(
    @Inject(CACHED_EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider,
    @Inject(BYTE_CACHE) private readonly cache: ByteCache,
  ) {
    this.prompt = provider.traits.prompts.of(undefined);
  }

  /** The text is well-formed Unicode and comes without an input type. `scope`: see EmbedOptions.cacheScope. Undefined = not there. */
  find(text: string, stages: StageTimes, scope: string): Embedding | undefined {
    const startedAt = performance.now();
    const { fingerprint, dimensions } = this.provider.space;
    const bytes = this.cache.getFromMemory(embeddingKey(fingerprint, text, { prompt: this.prompt, scope }));
    if (bytes === undefined) return undefined;
    stages.atLeast('cache', performance.now() - startedAt);
    return fromBytes(bytes, dimensions);
  }
}
