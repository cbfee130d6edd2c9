import { createHash } from 'node:crypto';
import { ServiceError } from '../errors/index.js';
import type { JobItem } from './job.js';
import type { JobStore } from './store/job-store.port.js';

/** Small enough that little is lost with a worker and that a request never waits behind much; large enough to fill groups. */
const CHUNK_TEXTS = 100;
const CHUNK_CHARACTERS = 128 * 1024;

interface UploadLimits {
  readonly maxTexts: number;
}

export interface Uploaded {
  readonly total: number;
  /** Of every text, id and input type, so that equal uploads are known as such. */
  readonly hash: string;
}

/** Stores the items of an upload a chunk at a time, as they come: what waits in memory is one chunk. */
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
    hash.update(JSON.stringify([text, item.id ?? null, ...(item.inputType === undefined ? [] : [item.inputType])]));
    chunk.push({ ...item, text });
    characters += text.length;
    if (chunk.length === CHUNK_TEXTS || characters >= CHUNK_CHARACTERS) await flush();
  }
  if (total === 0) throw new ServiceError('invalid_request', 'texts must hold at least one text');
  await flush();
  return { total, hash: hash.digest('base64url') };
}
