import { embeddingRequestsOf } from '../embed-api/request/embedding-requests.fake.js';
import type { EmbeddingProvider } from '../embedding/index.js';
import { modelsOf, startedModel } from '../embedding/models.fake.js';
import { OfflineEmbeddings } from './offline-embeddings.js';

/** For tests: reads and answers requests in files as the service does. The tests compute the texts. */
export function offlineEmbeddingsOf(provider: EmbeddingProvider): OfflineEmbeddings {
  return new OfflineEmbeddings(embeddingRequestsOf(provider), modelsOf([startedModel(provider)]));
}
