import { bytesOf, bytesPerNumber, OUTPUT_TYPES, vectorsIn, type OutputType, type TypedVector } from '../vectors/index.js';
import type { ItemPlace, JobError } from './job.js';

/** The result of one text. */
export type ItemResult = ItemVector | ItemFailure;

interface ItemVector {
  readonly id?: string;
  readonly place?: ItemPlace;
  /** In the type that the job asks for; float vectors have length one (L2). */
  readonly vector: TypedVector;
  readonly tokens: number;
  /** Tokens of the whole text; more than `tokens` when it was cut. */
  readonly inputTokens: number;
}

interface ItemFailure {
  readonly id?: string;
  readonly place?: ItemPlace;
  readonly error: JobError;
  /** The job ended before this text was computed; nothing is stored for such a text. */
  readonly isMissing?: true;
}

type Described = Omit<ItemVector, 'vector'> | ItemFailure;
/** A list alone describes float vectors, as in results of older versions. */
type Header = readonly Described[] | { readonly type: OutputType; readonly items: readonly Described[] };

const LENGTH_BYTES = 4;
const ALIGNMENT = Float32Array.BYTES_PER_ELEMENT;

/**
 * The stored form of a chunk's results, little-endian: a uint32 with the length of the JSON; the JSON, which describes each
 * text, padded with spaces to four bytes; the vectors of the texts that have one.
 */
export function resultsToBytes(results: readonly ItemResult[], type: OutputType = 'float'): Buffer {
  const items = results.map((result): Described => {
    if ('error' in result) return result;
    const { vector: _, ...rest } = result;
    return rest;
  });
  const header: Header = type === 'float' ? items : { type, items };
  const json = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const vectors = results.flatMap((result) => ('error' in result ? [] : [bytesOf(result.vector)]));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(padded);
  return Buffer.concat([length, json, Buffer.alloc(padded - json.length, ' '), ...vectors]);
}

export function resultsFromBytes(stored: Uint8Array): readonly ItemResult[] {
  const bytes = Uint8Array.from(stored); // a copy, so that float32 values are aligned
  const headerEnd = LENGTH_BYTES + new DataView(bytes.buffer).getUint32(0, true);
  const header = JSON.parse(Buffer.from(bytes.buffer, LENGTH_BYTES, headerEnd - LENGTH_BYTES).toString()) as Header;
  const { type, items } = 'items' in header ? header : { type: OUTPUT_TYPES[0], items: header };
  const count = items.filter((item) => !('error' in item)).length;
  const size = count === 0 ? 0 : (bytes.byteLength - headerEnd) / bytesPerNumber(type) / count;
  const vectors = vectorsIn(bytes.subarray(headerEnd), { type, size, count });
  let next = 0;
  return items.map((item) => {
    if ('error' in item) return item;
    const vector = vectors[next++];
    if (vector === undefined) throw new Error('stored results have fewer vectors than they describe');
    return { ...item, vector };
  });
}
