export { MOST_TEXTS_A_REQUEST } from './embed.dto.js';
export { EmbeddingMetrics } from './embedding.metrics.js';
export { EmbeddingModule } from './embedding.module.js';
export { EMBEDDING_PROVIDER, type EmbeddingProvider } from './embedding-provider.port.js';
export { HitShortcut } from './hit-shortcut.js';
export { StageTimes } from './stage-times.js';
