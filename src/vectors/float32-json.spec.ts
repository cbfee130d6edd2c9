import * as fc from 'fast-check';
import { float32Json } from './float32-json.js';

const RUNS = { seed: 20_267, numRuns: 5000 };
const SIGN_BIT = 0x8000_0000;
/** The bits of 1: all below, sign aside, are the magnitudes under one, subnormal ones and zero included. */
const BITS_OF_ONE = 0x3f80_0000;

function float32OfBits(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0] ?? NaN;
}

const component = fc.tuple(fc.nat(BITS_OF_ONE), fc.boolean()).map(([bits, negative]) => float32OfBits(negative ? bits + SIGN_BIT : bits));

function written(value: number): string {
  return float32Json(Float32Array.of(value)).slice(1, -1);
}

function significantDigits(number: string): number {
  return number
    .replace(/e.*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '').length;
}

describe('float32Json', () => {
  it('is a JSON array of numbers', () => {
    expect(JSON.parse(float32Json(Float32Array.of(0.5, -0.25, 0, 1)))).toEqual([0.5, -0.25, 0, 1]);
    expect(float32Json(new Float32Array(0))).toBe('[]');
  });

  it.each([
    [0.1, '0.1'],
    [-0.3, '-0.3'],
    [0.0123, '0.0123'],
    [1 / 3, '0.33333334'],
    [1, '1'],
  ])('writes the float32 next to %d as %s', (value, expected) => {
    expect(written(value)).toBe(expected);
  });

  it('reads back as the same float32, for any bits', () => {
    fc.assert(
      fc.property(component, (value) => {
        expect(Math.fround(JSON.parse(written(value)) as number)).toBe(value === 0 ? 0 : value); // the sign of zero may be lost
      }),
      RUNS,
    );
  });

  it('never takes more than nine significant digits', () => {
    fc.assert(
      fc.property(component, (value) => {
        expect(significantDigits(written(value))).toBeLessThanOrEqual(9);
      }),
      RUNS,
    );
  });

  it('takes no more digits than the shortest form of seven to nine digits that reads back', () => {
    fc.assert(
      fc.property(component, (value) => {
        const enough = [7, 8, 9].find((digits) => Math.fround(Number(value.toPrecision(digits))) === value) ?? 9;
        expect(significantDigits(written(value))).toBeLessThanOrEqual(Math.abs(value) < 1e-9 ? 9 : enough);
      }),
      RUNS,
    );
  });
});
