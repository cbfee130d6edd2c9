import type { FactoryProvider } from '@nestjs/common';
import { MODELS_SETTINGS, type EmbeddingSettings } from '../config/index.js';
import { EmbeddingMetrics } from './embedding.metrics.js';
import { STARTED_MODELS } from './models.js';
import { OpenAiMetrics } from './openai/openai.metrics.js';
import type { StartedModel } from './served-model.js';
import { startModels } from './start-models.js';

export const startedModelsProvider: FactoryProvider<readonly StartedModel[]> = {
  provide: STARTED_MODELS,
  inject: [MODELS_SETTINGS, EmbeddingMetrics, OpenAiMetrics],
  useFactory: async (settings: readonly EmbeddingSettings[], metrics: EmbeddingMetrics, openAiMetrics: OpenAiMetrics) =>
    await startModels(settings, { metrics, openAiMetrics }),
};
