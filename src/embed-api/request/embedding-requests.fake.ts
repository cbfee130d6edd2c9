import type { EmbeddingProvider } from '../../embedding/index.js';
import { EmbeddingRenderer } from './embedding-renderer.js';
import { EmbeddingRequests } from './embedding-requests.js';
import { OutputSizes } from './output-sizes.js';
import { ServedModels } from './served-models.js';

const RENDERED_BYTES = 1_000_000;
const API_SETTINGS = { modelAliases: [], allowedDimensions: [], maxBodyBytes: 1_000_000 };

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
  } as ConstructorParameters<typeof EmbeddingRequests>[1];
  const renderer = new EmbeddingRenderer(RENDERED_BYTES);
  return new EmbeddingRequests(
    provider,
    limits,
    renderer,
    new ServedModels(provider, API_SETTINGS),
    new OutputSizes(provider, API_SETTINGS),
  );
}
