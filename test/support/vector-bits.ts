/** Returns the float32 bits of a vector as text. Equal texts mean vectors that are equal to the bit. */
export function vectorBits(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64');
}
