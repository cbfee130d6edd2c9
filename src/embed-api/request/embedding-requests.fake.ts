import type { EmbeddingProvider } from '../../embedding/index.js';
import { EmbeddingRenderer } from './embedding-renderer.js';
import { EmbeddingRequests } from './embedding-requests.js';
import { modelsOf, startedModel } from '../../embedding/models.fake.js';

const RENDERED_BYTES = 1_000_000;

/** For tests: reads and answers requests as the service does, with this provider and these settings. */
export function embeddingRequestsOf(
  provider: EmbeddingProvider,
  settings: { readonly maxTextLength?: number; readonly maxQueuedTexts?: number } = {},
): EmbeddingRequests {
  const limits = {
    maxTextLength: 10_000,
    maxForeignTextLength: 100_000,
    maxTokenIds: 8192,
    maxQueuedTexts: 5_000,
    ...settings,
  } as ConstructorParameters<typeof EmbeddingRequests>[0];
  const renderer = new EmbeddingRenderer(RENDERED_BYTES);
  return new EmbeddingRequests(limits, renderer, modelsOf([startedModel(provider)]));
}
