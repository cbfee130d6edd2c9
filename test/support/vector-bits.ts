/** The float32 bits of a vector: equal strings mean bit-equal vectors. */
export function vectorBits(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64');
}
