import { crc32 } from 'node:zlib';

/** Little-endian: a float64 with the time of the write (milliseconds since the epoch), a uint32 with the checksum, and four unused bytes. */
const HEADER_BYTES = 16;

/** Makes the record of a value. The checksum covers the key too, so that a damaged page is a miss and never the value of another text. */
export function toRecord(key: string, value: Uint8Array, time: number): Uint8Array {
  const record = new Uint8Array(HEADER_BYTES + value.byteLength);
  const header = new DataView(record.buffer);
  header.setFloat64(0, time, true);
  header.setUint32(8, crc32(value, crc32(key)), true);
  record.set(value, HEADER_BYTES);
  return record;
}

/** Returns the value, in a buffer of its own; undefined = these bytes are not those written under this key. */
export function valueOf(key: string, record: Uint8Array): Uint8Array | undefined {
  if (record.byteLength < HEADER_BYTES) return undefined;
  const value = new Uint8Array(record.subarray(HEADER_BYTES));
  return headerOf(record).getUint32(8, true) === crc32(value, crc32(key)) ? value : undefined;
}

export function writtenAt(record: Uint8Array): number {
  return record.byteLength < HEADER_BYTES ? 0 : headerOf(record).getFloat64(0, true);
}

function headerOf({ buffer, byteOffset }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, HEADER_BYTES);
}
