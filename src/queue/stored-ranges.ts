import type { VectorRanges } from '../vectors/index.js';

/** Ranges as they are stored with a job: the base64 of the least and then the greatest values, as little-endian float32. */
export function rangesToText({ least, greatest }: VectorRanges): string {
  return Buffer.from(Float32Array.of(...least, ...greatest).buffer).toString('base64');
}

export function rangesFromText(text: string | undefined): VectorRanges | undefined {
  if (text === undefined) return undefined;
  const ends = new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
  return { least: ends.subarray(0, ends.length / 2), greatest: ends.subarray(ends.length / 2) };
}
