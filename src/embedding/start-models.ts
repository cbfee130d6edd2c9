import { SettingsError, type EmbeddingSettings, type VectorCheckSettings } from '../config/index.js';
import type { EmbeddingProvider } from './embedding-provider.port.js';
import type { EmbeddingMetrics } from './embedding.metrics.js';
import { QueuedEmbeddingProvider } from './queued-embedding-provider.js';
import type { OpenAiMetrics } from './openai/openai.metrics.js';
import { modelName, type StartedModel } from './served-model.js';
import { comparisonInWords, compareVectors } from './vector-check.js';

export interface ModelObservers {
  readonly metrics: EmbeddingMetrics;
  readonly openAiMetrics: OpenAiMetrics;
}

/** Starts all models, or none: rejects with a SettingsError that has the faults of each that could not be started. */
export async function startModels(settings: readonly EmbeddingSettings[], observers: ModelObservers): Promise<readonly StartedModel[]> {
  const results = await Promise.allSettled(settings.map(async (model) => await startModel(model, observers)));
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  if (errors.length === 0) return started;
  await Promise.all(started.map(async ({ provider }) => await provider.close()));
  const faults = results.flatMap((result, index) => faultsOf(result, settings.length > 1 ? settings[index] : undefined));
  throw errors.find((error) => !(error instanceof SettingsError)) ?? new SettingsError(faults);
}

/** @param named The model that the faults are of, if there are several. */
function faultsOf(result: PromiseSettledResult<StartedModel>, named: EmbeddingSettings | undefined): readonly string[] {
  if (result.status === 'fulfilled' || !(result.reason instanceof SettingsError)) return [];
  const { faults } = result.reason;
  return named === undefined ? faults : faults.map((fault) => `The model ${modelName(named)}: ${fault}`);
}

async function startModel(settings: EmbeddingSettings, observers: ModelObservers): Promise<StartedModel> {
  const provider = await startProvider(settings, observers);
  await checkVectors(provider, settings.check, observers.metrics);
  return { settings, provider };
}

/** The one place where a kind of provider is chosen. */
async function startProvider(settings: EmbeddingSettings, { metrics, openAiMetrics }: ModelObservers): Promise<EmbeddingProvider> {
  const name = modelName(settings);
  switch (settings.provider) {
    case 'local': {
      const { LocalEmbeddingQueue } = await import('./local/local-embedding-queue.js');
      return new QueuedEmbeddingProvider(await LocalEmbeddingQueue.start(settings, metrics.of(name)), settings.maxQueuedTexts);
    }
    case 'openai': {
      const { OpenAiEmbeddingQueue } = await import('./openai/openai-embedding-queue.js');
      const observer = openAiMetrics.of(name, settings);
      return new QueuedEmbeddingProvider(await OpenAiEmbeddingQueue.start(settings, observer), settings.maxQueuedTexts);
    }
  }
}

/** Rejects, with the provider closed, when its vectors are not those of the file. */
async function checkVectors(
  provider: EmbeddingProvider,
  { path, leastCosine }: VectorCheckSettings,
  metrics: EmbeddingMetrics,
): Promise<void> {
  if (path === undefined) return;
  try {
    metrics.vectorsCompared(comparisonInWords(await compareVectors(provider, { path, leastCosine })));
  } catch (error) {
    await provider.close();
    throw error;
  }
}
