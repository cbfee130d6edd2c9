export { embedAll } from './embed-all.js';
export { collectWith, EmbeddingGauges } from './embedding-gauges.js';
export { EmbeddingMetrics } from './embedding.metrics.js';
export { EmbeddingModule } from './embedding.module.js';
export {
  addedWorkload,
  MODEL_STATES,
  TRUNCATIONS,
  type CacheUse,
  type Embedding,
  type EmbeddingProvider,
  type EmbedOptions,
  type ModelState,
  type Truncate,
  type Workload,
} from './embedding-provider.port.js';
export { isUnscaled, unscaledSpace, type EmbeddingSpace } from './embedding-space.js';
export { Models } from './models.js';
export type { ServedModel } from './served-model.js';
export { MemoryHits } from './memory-hits.js';
export { STAGES, StageTimes, type EnteredStages } from './stage-times.js';
export { cacheScopeOf } from './cache-scope.js';
export { cacheStateOf, type CacheState } from './cache-state.js';
export { embeddingKeys, keyPrefix } from './stored-embedding.js';
export { isTextTooLong, textTooLong } from './text-too-long.js';
export { faultOfOutputType, outputTypesOf } from './output-type-rules.js';
export { describeConfiguredModel, type DescriptionLine } from './model-description.js';
export { quantizeConfiguredModel } from './model-quantization.js';
export { Prompts } from './prompts.js';
export { comparisonInWords, compareVectors } from './vector-check.js';
export { cutTo, unscaled } from './vector-forms.js';
export type { TokenBudget } from './token-budget.port.js';
