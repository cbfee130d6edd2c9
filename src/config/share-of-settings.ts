import type { EmbeddingSettings, Settings } from './settings.js';

/** The largest request, of OpenAI's clients, must find room in the queue of any process if the service has it at all. */
const LARGEST_REQUEST_TEXTS = 2048;
/** Of the time that stopping may take, so that the supervisor is done in time too. */
const SHUTDOWN_SHARE = 0.95;

/**
 * The settings of one of several HTTP processes: what is meant for the machine, divided; at least one of each. The
 * process at place 0 gets what cannot be divided, and runs the embedded queue, of which there may be one.
 */
export function shareOfSettings(settings: Settings, place: number): Settings {
  const { server, embedding, cache, queue } = settings;
  const { processes } = server;
  const isFirst = place === 0;
  return {
    ...settings,
    server: { ...server, shutdownTimeoutMs: Math.floor(server.shutdownTimeoutMs * SHUTDOWN_SHARE) },
    embedding: shareOfEmbedding(embedding, processes, place),
    cache: { ...cache, memoryBytes: Math.floor(cache.memoryBytes / processes), renderedBytes: Math.floor(cache.renderedBytes / processes) },
    queue: { ...queue, countsWaiting: isFirst, worksInApi: queue.backend.kind === 'embedded' ? isFirst : queue.worksInApi },
  };
}

function shareOfEmbedding(embedding: EmbeddingSettings, processes: number, place: number): EmbeddingSettings {
  const maxQueuedTexts = Math.max(
    Math.min(LARGEST_REQUEST_TEXTS, embedding.maxQueuedTexts),
    Math.ceil(embedding.maxQueuedTexts / processes),
  );
  switch (embedding.provider) {
    case 'local':
      return { ...embedding, maxQueuedTexts, workers: partOf(embedding.workers, processes, place) };
    case 'openai':
      return { ...embedding, maxQueuedTexts, concurrency: partOf(embedding.concurrency, processes, place) };
  }
}

/** The parts of all places add up to the whole, or to one for each. */
function partOf(whole: number, parts: number, place: number): number {
  return Math.max(1, Math.floor(whole / parts) + (place < whole % parts ? 1 : 0));
}
