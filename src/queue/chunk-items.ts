import type { Truncate } from '../embedding/index.js';
import type { ItemPlace, JobItem } from './job.js';

type StoredPlace = readonly [document: number, chunk: number, start: number, end: number];
type StoredItem =
  | string
  | readonly [text: string, id: string | null, inputType?: string | null, truncate?: Truncate | null, place?: StoredPlace];
type Defaults = { readonly [field in 'inputType' | 'truncate']?: JobItem[field] | undefined };

/** The stored form of a chunk's texts: JSON of an array that holds each text alone, or with its id, its input type, what is done if it is too long, and its place. */
export function itemsToBytes(items: readonly JobItem[]): Buffer {
  return Buffer.from(JSON.stringify(items.map(toStored)));
}

export function itemsFromBytes(bytes: Uint8Array): readonly JobItem[] {
  return (JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as StoredItem[]).map(fromStored);
}

/** Gives the job's input type, and how texts are cut, to the items that have none of their own. */
export function withDefaults(items: readonly JobItem[], { inputType, truncate }: Defaults): readonly JobItem[] {
  if (inputType === undefined && truncate === undefined) return items;
  const defaults = { ...(inputType !== undefined && { inputType }), ...(truncate !== undefined && { truncate }) };
  return items.map((item) => ({ ...defaults, ...item }));
}

function toStored({ id, text, inputType, truncate, place }: JobItem): StoredItem {
  if (place !== undefined) return [text, id ?? null, inputType ?? null, truncate ?? null, storedPlace(place)];
  if (truncate !== undefined) return [text, id ?? null, inputType ?? null, truncate];
  if (inputType !== undefined) return [text, id ?? null, inputType];
  return id === undefined ? text : [text, id];
}

function fromStored(item: StoredItem): JobItem {
  if (typeof item === 'string') return { text: item };
  const [text, id, inputType = null, truncate = null, place] = item;
  return {
    text,
    ...(id !== null && { id }),
    ...(inputType !== null && { inputType }),
    ...(truncate !== null && { truncate }),
    ...(place !== undefined && { place: placeFrom(place) }),
  };
}

function storedPlace({ document, chunk, start, end }: ItemPlace): StoredPlace {
  return [document, chunk, start, end];
}

function placeFrom([document, chunk, start, end]: StoredPlace): ItemPlace {
  return { document, chunk, start, end };
}
