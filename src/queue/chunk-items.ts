import type { JobItem } from './job.js';

type StoredItem = string | readonly [text: string, id: string | null, inputType?: string];

/** The stored form of a chunk's texts: JSON of an array that holds each text alone, or with its id and input type. */
export function itemsToBytes(items: readonly JobItem[]): Buffer {
  return Buffer.from(JSON.stringify(items.map(toStored)));
}

export function itemsFromBytes(bytes: Uint8Array): readonly JobItem[] {
  return (JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as StoredItem[]).map(fromStored);
}

/** Gives the job's input type to the items that have none of their own. */
export function withInputType(items: readonly JobItem[], inputType: string | undefined): readonly JobItem[] {
  return inputType === undefined ? items : items.map((item) => ({ inputType, ...item }));
}

function toStored({ id, text, inputType }: JobItem): StoredItem {
  if (inputType !== undefined) return [text, id ?? null, inputType];
  return id === undefined ? text : [text, id];
}

function fromStored(item: StoredItem): JobItem {
  if (typeof item === 'string') return { text: item };
  const [text, id, inputType] = item;
  return { text, ...(id !== null && { id }), ...(inputType !== undefined && { inputType }) };
}
