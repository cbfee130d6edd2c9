import { EmbeddingRenderer } from '../embed-api/index.js';
import { type EmbeddingProvider } from '../embedding/index.js';
import { OfflineEmbeddings } from './offline-embeddings.js';
import { OutputSizes } from './output-sizes.js';
import { ServedModels } from './served-models.js';

const RENDERED_BYTES = 1_000_000;

/** For tests: requests in files as they are read and answered in the service, whatever computes their texts. */
export function offlineEmbeddingsOf(provider: EmbeddingProvider): OfflineEmbeddings {
  const settings = { modelAliases: [], allowedDimensions: [], maxBodyBytes: 1_000_000 };
  const limits = { provider: 'openai', maxTextLength: 10_000 } as ConstructorParameters<typeof OfflineEmbeddings>[1];
  const models = new ServedModels(provider, settings);
  return new OfflineEmbeddings(provider, limits, new EmbeddingRenderer(RENDERED_BYTES), models, new OutputSizes(provider, settings));
}
