import type { JobError } from './job.js';

/** The result of one text. */
export type ItemResult = ItemVector | ItemFailure;

interface ItemVector {
  readonly id?: string;
  /** Has length one (L2). */
  readonly vector: Float32Array<ArrayBuffer>;
  readonly tokens: number;
  /** Tokens of the whole text; more than `tokens` when it was cut. */
  readonly inputTokens: number;
}

interface ItemFailure {
  readonly id?: string;
  readonly error: JobError;
  /** The job ended before this text was computed; nothing is stored for such a text. */
  readonly isMissing?: true;
}

type Described = Omit<ItemVector, 'vector'> | ItemFailure;

const LENGTH_BYTES = 4;
const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;

/**
 * The stored form of a chunk's results, little-endian: a uint32 with the length of the JSON; the JSON, which describes each
 * text, padded with spaces to four bytes; the vectors of the texts that have one, as float32.
 */
export function resultsToBytes(results: readonly ItemResult[]): Buffer {
  const described = results.map((result): Described => {
    if ('error' in result) return result;
    const { vector: _, ...rest } = result;
    return rest;
  });
  const json = Buffer.from(JSON.stringify(described));
  const padded = Math.ceil(json.length / FLOAT_BYTES) * FLOAT_BYTES;
  const vectors = results.flatMap((result) => ('error' in result ? [] : [bytesOf(result.vector)]));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(padded);
  return Buffer.concat([length, json, Buffer.alloc(padded - json.length, ' '), ...vectors]);
}

export function resultsFromBytes(stored: Uint8Array): readonly ItemResult[] {
  const bytes = Uint8Array.from(stored); // a copy, so that float32 values are aligned
  const headerEnd = LENGTH_BYTES + new DataView(bytes.buffer).getUint32(0, true);
  const described = JSON.parse(Buffer.from(bytes.buffer, LENGTH_BYTES, headerEnd - LENGTH_BYTES).toString()) as Described[];
  const vectors = described.filter((item) => !('error' in item)).length;
  const size = vectors === 0 ? 0 : (bytes.byteLength - headerEnd) / FLOAT_BYTES / vectors;
  let offset = headerEnd;
  return described.map((item) => {
    if ('error' in item) return item;
    const vector = new Float32Array(bytes.buffer, offset, size);
    offset += size * FLOAT_BYTES;
    return { ...item, vector };
  });
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
