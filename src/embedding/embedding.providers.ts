import type { FactoryProvider } from '@nestjs/common';
import { BYTE_CACHE, type ByteCache } from '../cache/index.js';
import { EMBEDDING_SETTINGS, type EmbeddingSettings } from '../config/index.js';
import { CachedEmbeddingProvider } from './cached-embedding-provider.js';
import { EMBEDDING_PROVIDER, type EmbeddingProvider } from './embedding-provider.port.js';
import { EmbeddingMetrics } from './embedding.metrics.js';
import { OpenAiMetrics } from './openai/openai.metrics.js';

/** The selected provider behind the cache: what controllers ask. */
export const CACHED_EMBEDDING_PROVIDER = Symbol('CACHED_EMBEDDING_PROVIDER');

export const embeddingProviderProvider: FactoryProvider<EmbeddingProvider> = {
  provide: EMBEDDING_PROVIDER,
  inject: [EMBEDDING_SETTINGS, EmbeddingMetrics, OpenAiMetrics],
  useFactory: async (settings: EmbeddingSettings, metrics: EmbeddingMetrics, openAiMetrics: OpenAiMetrics) => {
    switch (settings.provider) {
      case 'local': {
        const { LocalEmbeddingProvider } = await import('./local/local-embedding-provider.js');
        return await LocalEmbeddingProvider.start(settings, metrics);
      }
      case 'openai': {
        const { OpenAiEmbeddingProvider } = await import('./openai/openai-embedding-provider.js');
        return await OpenAiEmbeddingProvider.start(settings, openAiMetrics);
      }
    }
  },
};

export const cachedEmbeddingProviderProvider: FactoryProvider<EmbeddingProvider> = {
  provide: CACHED_EMBEDDING_PROVIDER,
  inject: [EMBEDDING_PROVIDER, BYTE_CACHE],
  useFactory: (provider: EmbeddingProvider, cache: ByteCache) => new CachedEmbeddingProvider(provider, cache),
};
