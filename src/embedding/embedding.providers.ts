import type { FactoryProvider } from '@nestjs/common';
import { BYTE_CACHE, type ByteCache } from '../cache/index.js';
import { EMBEDDING_SETTINGS, type EmbeddingSettings } from '../config/index.js';
import { CachedEmbeddingProvider } from './cached-embedding-provider.js';
import { EMBEDDING_PROVIDER, type EmbeddingProvider } from './embedding-provider.port.js';
import { EmbeddingMetrics } from './embedding.metrics.js';
import { QueuedEmbeddingProvider } from './queued-embedding-provider.js';
import { OpenAiMetrics } from './openai/openai.metrics.js';
import { comparisonInWords, compareVectors, type VectorFile } from './vector-check.js';

/** The selected provider behind the cache: what controllers ask. */
export const CACHED_EMBEDDING_PROVIDER = Symbol('CACHED_EMBEDDING_PROVIDER');

export const embeddingProviderProvider: FactoryProvider<EmbeddingProvider> = {
  provide: EMBEDDING_PROVIDER,
  inject: [EMBEDDING_SETTINGS, EmbeddingMetrics, OpenAiMetrics],
  useFactory: async (settings: EmbeddingSettings, metrics: EmbeddingMetrics, openAiMetrics: OpenAiMetrics) => {
    const provider = await startProvider(settings, metrics, openAiMetrics);
    const { path, leastCosine } = settings.check;
    if (path !== undefined) await checkVectors(provider, { path, leastCosine }, metrics);
    return provider;
  },
};

async function startProvider(
  settings: EmbeddingSettings,
  metrics: EmbeddingMetrics,
  openAiMetrics: OpenAiMetrics,
): Promise<EmbeddingProvider> {
  switch (settings.provider) {
    case 'local': {
      const { LocalInference } = await import('./local/local-inference.js');
      const model = { settings, observer: metrics, weight: 1, load: 'start', keepLoadedMinutes: undefined } as const;
      const inference = await LocalInference.plan([model]);
      return new QueuedEmbeddingProvider(await inference.start(model), settings.maxQueuedTexts);
    }
    case 'openai': {
      const { OpenAiEmbeddingQueue } = await import('./openai/openai-embedding-queue.js');
      return new QueuedEmbeddingProvider(await OpenAiEmbeddingQueue.start(settings, openAiMetrics), settings.maxQueuedTexts);
    }
  }
}

/** Rejects, with the provider closed, when its vectors are not those of the file. */
async function checkVectors(provider: EmbeddingProvider, file: VectorFile, metrics: EmbeddingMetrics): Promise<void> {
  try {
    metrics.vectorsCompared(comparisonInWords(await compareVectors(provider, file)));
  } catch (error) {
    await provider.close();
    throw error;
  }
}

export const cachedEmbeddingProviderProvider: FactoryProvider<EmbeddingProvider> = {
  provide: CACHED_EMBEDDING_PROVIDER,
  inject: [EMBEDDING_PROVIDER, BYTE_CACHE],
  useFactory: (provider: EmbeddingProvider, cache: ByteCache) => new CachedEmbeddingProvider(provider, cache),
};
