import { float32Of } from './number-formats.js';

function bytes(...words: readonly number[]): Uint8Array {
  return new Uint8Array(Uint16Array.from(words).buffer);
}

describe('numbers of half the size', () => {
  it('are read as IEEE 754 half precision', () => {
    const numbers = float32Of(bytes(0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x7c00), 'float16');
    expect([...numbers]).toEqual([1, -2, 65_504, 2 ** -24, -0, Infinity]);
    expect(float32Of(bytes(0x7e00), 'float16')[0]).toBeNaN();
  });

  it('are read as the upper half of float32', () => {
    expect([...float32Of(bytes(0x3f80, 0xc000, 0x4049), 'bfloat16')]).toEqual([1, -2, 3.140625]);
  });

  it('are read at any offset in memory', () => {
    const shifted = new Uint8Array(5);
    shifted.set(bytes(0x3c00, 0x4000), 1);
    expect([...float32Of(shifted.subarray(1), 'float16')]).toEqual([1, 2]);
  });
});
