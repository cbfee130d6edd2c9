import { ServedModels } from '../embed-api/index.js';
import { embeddingRequestsOf } from '../embed-api/request/embedding-requests.fake.js';
import type { EmbeddingProvider } from '../embedding/index.js';
import { OfflineEmbeddings } from './offline-embeddings.js';

/** For tests: reads and answers requests in files as the service does. The tests compute the texts. */
export function offlineEmbeddingsOf(provider: EmbeddingProvider): OfflineEmbeddings {
  const models = new ServedModels(provider, { modelAliases: [], allowedDimensions: [], maxBodyBytes: 1_000_000 });
  return new OfflineEmbeddings(embeddingRequestsOf(provider), models);
}
