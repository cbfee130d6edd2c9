import { hash } from 'node:crypto';
import type { Embedding, Truncate } from './embedding-provider.port.js';
import type { Prompts } from './prompts.js';

/** Little-endian, before the float32 values: tokens and input tokens as uint32, the length before scaling as float32. */
const HEADER_BYTES = 12;
/** Reads a float32 as a uint32. */
const WORD = new Uint32Array(1);
const FLOAT = new Float32Array(WORD.buffer);

interface KeyParts {
  readonly truncate?: Truncate | undefined;
  readonly prompt?: string;
  /** The callers who share the vector; '' = all. */
  readonly scope?: string | undefined;
}

/**
 * The key of a text in a space: the whole SHA-256 of the exact text. Texts are well-formed Unicode. Another prompt, a cut
 * at the start, or a mean of windows gives another vector, and so another key. Input types with the same prompt share a
 * key.
 */
export function embeddingKey(fingerprint: string, text: string, { truncate, prompt = '', scope = '' }: KeyParts = {}): string {
  const key = `${keyPrefix(fingerprint)}${hash('sha256', text, 'base64url')}${hasOwnKey(truncate) ? `:${truncate}` : ''}`;
  const ofPrompt = prompt === '' ? key : `${key}:${hash('sha256', prompt, 'base64url')}`;
  return scope === '' ? ofPrompt : `${ofPrompt}@${scope}`;
}

/** The beginning of all keys of a space, and of no others. */
export function keyPrefix(fingerprint: string): string {
  return `${fingerprint}:`;
}

/** Whether vectors of texts that are too long have a key of their own. */
export function hasOwnKey(truncate: Truncate | undefined): boolean {
  return truncate === 'start' || truncate === 'mean';
}

/** Every key under which vectors of a text may be stored. */
export function embeddingKeys(fingerprint: string, text: string, { texts }: Prompts, scopes: readonly string[]): readonly string[] {
  const prompts = [...new Set(['', ...Object.values(texts)])];
  return scopes.flatMap((scope) =>
    prompts.flatMap((prompt) =>
      (['end', 'start', 'mean'] as const).map((truncate) => embeddingKey(fingerprint, text, { truncate, prompt, scope })),
    ),
  );
}

export function toBytes({ vector, length, tokens, inputTokens }: Embedding): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + vector.byteLength);
  const header = new DataView(bytes.buffer);
  header.setUint32(0, tokens, true);
  header.setUint32(4, inputTokens, true);
  header.setFloat32(8, length ?? NaN, true);
  bytes.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength), HEADER_BYTES);
  return bytes;
}

/** A view, not a copy; undefined = these bytes are no embedding of that many dimensions, and cannot be trusted. */
export function fromBytes(bytes: Uint8Array, dimensions: number): Embedding | undefined {
  const { buffer, byteOffset, byteLength } = bytes;
  if (byteLength !== HEADER_BYTES + dimensions * Float32Array.BYTES_PER_ELEMENT || !(buffer instanceof ArrayBuffer)) return undefined;
  const header = new Uint32Array(buffer, byteOffset, 3);
  const vector = new Float32Array(buffer, byteOffset + HEADER_BYTES, dimensions);
  return { vector, length: lengthOf(header[2] ?? 0), tokens: header[0] ?? 0, inputTokens: header[1] ?? 0, cached: true };
}

function lengthOf(word: number): number | undefined {
  WORD[0] = word;
  const length = FLOAT[0] ?? NaN;
  return Number.isNaN(length) ? undefined : length;
}
