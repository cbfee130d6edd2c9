import { createHash } from 'node:crypto';
import { ServiceError } from '../errors/index.js';
import type { JobItem } from './job.js';
import type { JobStore } from './store/job-store.port.js';

/** Small, so that little is lost with a worker and a request waits behind few texts; large enough to fill groups. */
const CHUNK_TEXTS = 100;
const CHUNK_CHARACTERS = 128 * 1024;

interface UploadLimits {
  readonly maxTexts: number;
}

export interface Uploaded {
  readonly total: number;
  /** A hash of every text and its fields, by which equal uploads are recognised. */
  readonly hash: string;
}

/** Stores the items of an upload as they arrive; one chunk at most is in memory. */
export async function uploadItems(
  store: JobStore,
  jobId: string,
  items: Iterable<JobItem> | AsyncIterable<JobItem>,
  { maxTexts }: UploadLimits,
): Promise<Uploaded> {
  const hash = createHash('sha256');
  let total = 0;
  let chunk: JobItem[] = [];
  let characters = 0;
  const flush = async (): Promise<void> => {
    if (chunk.length > 0) await store.addChunk(jobId, total - chunk.length, chunk);
    chunk = [];
    characters = 0;
  };
  for await (const item of items) {
    if (++total > maxTexts)
      throw new ServiceError('payload_too_large', `A job may have ${maxTexts} texts (JOB_MAX_TEXTS); send several jobs.`);
    const text = item.text.toWellFormed(); // half a surrogate pair becomes U+FFFD, as for /embed
    hash.update(JSON.stringify([text, item.id ?? null, ...saidOf(item)]));
    chunk.push({ ...item, text });
    characters += text.length;
    if (chunk.length === CHUNK_TEXTS || characters >= CHUNK_CHARACTERS) await flush();
  }
  if (total === 0) throw new ServiceError('invalid_request', 'texts must hold at least one text');
  await flush();
  return { total, hash: hash.digest('base64url') };
}

/** Empty for a text without fields, as in hashes of older versions. */
function saidOf({ inputType, truncate, place }: JobItem): readonly unknown[] {
  if (place !== undefined) return [inputType ?? null, truncate ?? null, place.document, place.chunk];
  if (truncate !== undefined) return [inputType ?? null, truncate];
  return inputType === undefined ? [] : [inputType];
}
