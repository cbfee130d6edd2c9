import { hash } from 'node:crypto';
import type { Embedding, Truncate } from './embedding-provider.port.js';

/** Two little-endian uint32, tokens and input tokens, before the float32 values. */
const HEADER_BYTES = 8;

/**
 * The key of a text in a space: the whole SHA-256 of the exact text. Texts are well-formed Unicode. What is left of a
 * text whose start was cut off has another vector, so another key.
 */
export function embeddingKey(fingerprint: string, text: string, truncate?: Truncate): string {
  return `${fingerprint}:${hash('sha256', text, 'base64url')}${truncate === 'start' ? ':start' : ''}`;
}

export function toBytes({ vector, tokens, inputTokens }: Embedding): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + vector.byteLength);
  const header = new DataView(bytes.buffer);
  header.setUint32(0, tokens, true);
  header.setUint32(4, inputTokens, true);
  bytes.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength), HEADER_BYTES);
  return bytes;
}

/** A view, not a copy; undefined = these bytes are no embedding of that many dimensions, so nothing to trust. */
export function fromBytes(bytes: Uint8Array, dimensions: number): Embedding | undefined {
  const { buffer, byteOffset, byteLength } = bytes;
  if (byteLength !== HEADER_BYTES + dimensions * Float32Array.BYTES_PER_ELEMENT || !(buffer instanceof ArrayBuffer)) return undefined;
  const header = new Uint32Array(buffer, byteOffset, 2);
  const vector = new Float32Array(buffer, byteOffset + HEADER_BYTES, dimensions);
  return { vector, tokens: header[0] ?? 0, inputTokens: header[1] ?? 0, cached: true };
}
