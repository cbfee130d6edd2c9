import type { EmbeddingSettings } from './embedding-settings.js';
import type { BodySettings, Settings } from './settings.js';

/**
 * Texts of the largest request, which OpenAI's clients may send. It must fit into the queue of every process, if
 * MAX_QUEUED_TEXTS allows it at all.
 */
const LARGEST_REQUEST_TEXTS = 2048;
/** The part of the time for stopping that a replica has, so that the primary has stopped in time too. */
const SHUTDOWN_SHARE = 0.95;

/**
 * The settings of one of several HTTP processes. Limits that are meant for the machine are divided, and every process gets
 * at least one of each. Only the process at place 0 counts what waits in the queue, which all of them share.
 */
export function shareOfSettings(settings: Settings, place: number): Settings {
  const { server, embedding, models, cache, queue } = settings;
  const { processes } = server;
  return {
    ...settings,
    server: { ...server, bodies: shareOfBodies(settings), shutdownTimeoutMs: Math.floor(server.shutdownTimeoutMs * SHUTDOWN_SHARE) },
    embedding: shareOfEmbedding(embedding, processes, place),
    models: models.map((model) => shareOfEmbedding(model, processes, place)),
    cache: { ...cache, memoryBytes: Math.floor(cache.memoryBytes / processes), renderedBytes: Math.floor(cache.renderedBytes / processes) },
    queue: { ...queue, countsWaiting: place === 0 },
  };
}

/** Any process must be able to read the largest body that the service takes. */
function shareOfBodies({ server: { bodies, processes }, openAiApi: { maxBodyBytes } }: Settings): BodySettings {
  const maxBytesPerCaller = Math.max(maxBodyBytes, Math.floor(bodies.maxBytesPerCaller / processes));
  return { ...bodies, maxBytesPerCaller, maxBytes: Math.max(maxBytesPerCaller, Math.floor(bodies.maxBytes / processes)) };
}

function shareOfEmbedding(embedding: EmbeddingSettings, processes: number, place: number): EmbeddingSettings {
  const maxQueuedTexts = Math.max(
    Math.min(LARGEST_REQUEST_TEXTS, embedding.maxQueuedTexts),
    Math.ceil(embedding.maxQueuedTexts / processes),
  );
  switch (embedding.provider) {
    case 'local':
      return {
        ...embedding,
        maxQueuedTexts,
        workers: embedding.workers === undefined ? undefined : partOf(embedding.workers, processes, place),
        cores: partOf(embedding.cores, processes, place),
        memoryBytes: Math.floor(embedding.memoryBytes / processes),
      };
    case 'openai':
      return { ...embedding, maxQueuedTexts, concurrency: partOf(embedding.concurrency, processes, place) };
  }
}

/** The part of one place. The parts add up to the whole, or to one for each place if that is more. */
function partOf(whole: number, parts: number, place: number): number {
  return Math.max(1, Math.floor(whole / parts) + (place < whole % parts ? 1 : 0));
}
