import type { EmbeddingSettings, VectorCheckSettings } from '../config/index.js';
import type { EmbeddingProvider } from './embedding-provider.port.js';
import type { EmbeddingMetrics } from './embedding.metrics.js';
import { forEachModel } from './for-each-model.js';
import type { LocalInference } from './local/local-inference.js';
import { QueuedEmbeddingProvider } from './queued-embedding-provider.js';
import type { OpenAiMetrics } from './openai/openai.metrics.js';
import { modelName, type StartedModel } from './served-model.js';
import { comparisonInWords, compareVectors } from './vector-check.js';

export interface ModelObservers {
  readonly metrics: EmbeddingMetrics;
  readonly openAiMetrics: OpenAiMetrics;
}

/** Starts all models, or none: rejects with a SettingsError that has the faults of each that could not be started. */
export async function startModels(models: readonly EmbeddingSettings[], observers: ModelObservers): Promise<readonly StartedModel[]> {
  const local = await planned(models, observers);
  return await forEachModel(
    models,
    async (settings) => await startModel(settings, { ...observers, local }),
    async ({ provider }) => await provider.close(),
  );
}

interface Start extends ModelObservers {
  readonly local: LocalInference | undefined;
}

/** The plan of the models that this machine computes; undefined = there are none. */
async function planned(models: readonly EmbeddingSettings[], { metrics }: ModelObservers): Promise<LocalInference | undefined> {
  const own = models.filter((model) => model.provider === 'local');
  if (own.length === 0) return undefined;
  const { LocalInference } = await import('./local/local-inference.js'); // a service without models of its own does not load ONNX Runtime
  return await LocalInference.plan(own.map((settings) => ({ settings, observer: metrics.of(modelName(settings)) })));
}

async function startModel(settings: EmbeddingSettings, start: Start): Promise<StartedModel> {
  const provider = await startProvider(settings, start);
  await checkVectors(provider, settings.check, start.metrics);
  return { settings, provider };
}

/** The one place where a kind of provider is chosen. */
async function startProvider(settings: EmbeddingSettings, { openAiMetrics, local }: Start): Promise<EmbeddingProvider> {
  switch (settings.provider) {
    case 'local':
      if (local === undefined) throw new Error('models of this machine were planned');
      return new QueuedEmbeddingProvider(await local.start(settings), settings.maxQueuedTexts);
    case 'openai': {
      const { OpenAiEmbeddingQueue } = await import('./openai/openai-embedding-queue.js');
      const observer = openAiMetrics.of(modelName(settings), settings);
      return new QueuedEmbeddingProvider(await OpenAiEmbeddingQueue.start(settings, observer), settings.maxQueuedTexts);
    }
  }
}

/** Rejects, with the provider closed, when its vectors are not those of the file. */
async function checkVectors(provider: EmbeddingProvider, check: VectorCheckSettings, metrics: EmbeddingMetrics): Promise<void> {
  const { path, names } = check;
  if (path === undefined) return;
  try {
    metrics.vectorsCompared(names.path, comparisonInWords(await compareVectors(provider, { ...check, path })));
  } catch (error) {
    await provider.close();
    throw error;
  }
}
