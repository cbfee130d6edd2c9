import type { JobItem } from './job.js';

/** A chunk's texts as they are stored: JSON, each text alone or with its id. */
export function itemsToBytes(items: readonly JobItem[]): Buffer {
  return Buffer.from(JSON.stringify(items.map(({ id, text }) => (id === undefined ? text : [text, id]))));
}

export function itemsFromBytes(bytes: Uint8Array): readonly JobItem[] {
  const stored = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as (string | [string, string])[];
  return stored.map((item) => (typeof item === 'string' ? { text: item } : { text: item[0], id: item[1] }));
}
