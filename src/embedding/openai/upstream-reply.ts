import { UpstreamError } from './upstream-error.js';
import type { UpstreamReply } from './upstream.port.js';

/** The request of a call. */
export interface Expected {
  readonly texts: number;
  /** Undefined = any number, but the same for all vectors. */
  readonly dimensions: number | undefined;
}

/** A vector whose length is this close to one stays unchanged: float32 rounding of 384 to 4,096 additions. */
const UNIT_TOLERANCE = 1e-3;

/** Checks a reply: throws an UpstreamError unless it has one usable vector for each text. */
export function checkedReply(reply: unknown, { texts, dimensions }: Expected): UpstreamReply {
  const items = isObject(reply) && Array.isArray(reply['data']) ? (reply['data'] as readonly unknown[]) : undefined;
  if (items === undefined) throw badReply('no list of embeddings');
  if (items.length !== texts) throw badReply(`${items.length} embeddings for ${texts} texts`);
  const vectors = new Array<Float32Array<ArrayBuffer> | undefined>(texts).fill(undefined);
  const truncated = new Array<boolean>(texts).fill(false);
  let length = dimensions;
  for (const item of items) {
    const index = isObject(item) ? item['index'] : undefined;
    if (!isIndex(index, texts) || vectors[index] !== undefined) throw badReply('an index that is missing, out of range or there twice');
    const vector = unitVector(decoded(isObject(item) ? item['embedding'] : undefined));
    length ??= vector.length;
    if (vector.length !== length) throw badReply(`${vector.length} dimensions instead of ${length}`);
    vectors[index] = vector;
    truncated[index] = isObject(item) && item['truncated'] === true; // a field of this service, when it is the upstream
  }
  return { vectors: vectors.filter((vector) => vector !== undefined), truncated, tokens: tokensOf(reply) };
}

/** Reads base64 of little-endian float32, which was requested, or an array of numbers, which some upstreams send anyway. */
function decoded(embedding: unknown): Float32Array<ArrayBuffer> {
  if (Array.isArray(embedding)) return Float32Array.from(embedding as readonly unknown[], Number);
  if (typeof embedding !== 'string') throw badReply('an embedding that is neither base64 nor an array');
  const bytes = Buffer.from(embedding, 'base64');
  if (bytes.length % Float32Array.BYTES_PER_ELEMENT !== 0) throw badReply('base64 that holds no float32 values');
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

/** Scales the vector to length one, unless it has that length already. */
function unitVector(vector: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (!Number.isFinite(squares)) throw badReply('a vector with a value that is no number');
  if (squares === 0) throw badReply('a vector that is empty or all zeros');
  return Math.abs(squares - 1) < UNIT_TOLERANCE ? vector : vector.map((value) => value / Math.sqrt(squares));
}

function tokensOf(reply: unknown): number | undefined {
  const usage = isObject(reply) ? reply['usage'] : undefined;
  const tokens = isObject(usage) ? (usage['prompt_tokens'] ?? usage['total_tokens']) : undefined;
  return Number.isSafeInteger(tokens) && Number(tokens) >= 0 ? Number(tokens) : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isIndex(value: unknown, count: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < count;
}

function badReply(what: string): UpstreamError {
  return new UpstreamError('bad_reply', `The upstream sent ${what}`);
}
