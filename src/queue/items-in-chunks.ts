import { chunksIn, titled } from '../chunks/index.js';
import { faulty, ServiceError } from '../errors/index.js';
import type { EmbeddingProvider } from '../embedding/index.js';
import { NO_TEXT, type JobItem } from './job.js';
import type { JobDetails } from './store/job-store.port.js';

/** A text as it arrives: a document that may be cut, and its title. */
export interface UploadItem extends Omit<JobItem, 'place'> {
  readonly title?: string;
}

/** The texts of a job that is being received. */
export interface Upload {
  readonly items: Iterable<UploadItem> | AsyncIterable<UploadItem>;
  /** Says what is known of the details; complete when the items have ended. */
  readonly details: () => JobDetails;
  /** Whether the details that decide how documents are cut can no longer change. */
  readonly isSettled: () => boolean;
}

type Cutter = Pick<EmbeddingProvider, 'cut'>;

/**
 * The texts to store: each as it is, or an item for each of its chunks if the details ask for chunks, behind its title. A
 * document without a chunk keeps its place as an item without a text. Items that come before their details are kept until then.
 */
export async function* itemsInChunks({ items, details, isSettled }: Upload, cutter: Cutter): AsyncGenerator<JobItem> {
  let early: UploadItem[] = [];
  let document = 0;
  for await (const item of items) {
    early.push(item);
    if (!isSettled()) continue;
    for (const each of early) yield* itemsOf(each, document++, details(), cutter);
    early = [];
  }
  for (const each of early) yield* itemsOf(each, document++, details(), cutter);
}

async function* itemsOf(
  { title, ...item }: UploadItem,
  document: number,
  { chunk: size, inputType }: JobDetails,
  cutter: Cutter,
): AsyncGenerator<JobItem> {
  if (size === undefined) {
    yield item.text === NO_TEXT ? item : { ...item, text: titled(title, item.text) };
    return;
  }
  const text = item.text.toWellFormed();
  const packed = await naming(
    document,
    cutter.cut({ title: title?.toWellFormed() ?? '', text }, { ...size, inputType: item.inputType ?? inputType }),
  );
  if (packed.length === 0) yield { ...item, text: NO_TEXT, place: { document, chunk: 0, start: 0, end: 0 } };
  for (const { text: part, ...place } of chunksIn(text, packed)) {
    yield { ...item, text: titled(title, part), place: { document, ...place } };
  }
}

/** Names the document in the fault of its title. */
async function naming<T>(document: number, cutting: Promise<T>): Promise<T> {
  try {
    return await cutting;
  } catch (error) {
    const fault = error instanceof ServiceError ? error.faults.find(({ field }) => field === 'title') : undefined;
    throw fault === undefined ? error : faulty(`document ${document}: title`, fault.message);
  }
}
