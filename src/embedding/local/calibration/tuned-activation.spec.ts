import { randomNumbers } from '../../../../test/support/random-numbers.js';
import { tunedActivation } from './tuned-activation.js';

const random = randomNumbers(5);

/** Rows whose numbers lie between these ends, moved by an offset each. */
function rowsBetween(low: number, high: number, offsets: readonly number[] = new Array<number>(16).fill(0)): readonly Float32Array[] {
  return Array.from({ length: 50 }, () => Float32Array.from(offsets, (offset) => offset + low + (high - low) * random()));
}

function meanOf(rows: readonly Float32Array[]): Float64Array {
  return Float64Array.from(rows[0] ?? [], (_, at) => rows.reduce((sum, row) => sum + (row[at] ?? 0), 0) / rows.length);
}

describe('tunedActivation', () => {
  it('leaves rows that reach as far below 0 as above as they are', () => {
    const rows = rowsBetween(-1, 1);
    expect(tunedActivation(rows, meanOf(rows))).toEqual({ centre: undefined, zeroPoint: 128 });
  });

  it('puts 0 low for rows that hardly reach below it, as those after GELU', () => {
    const rows = [...rowsBetween(-0.17, 3)].map((row) => row.map((value, at) => (at % 4 === 0 ? value : Math.min(value, 0.1))));
    expect(tunedActivation(rows, new Float64Array(16)).zeroPoint).toBeLessThan(40);
  });

  it('centres rows whose numbers have large means', () => {
    const rows = rowsBetween(-1, 1, [20, ...new Array<number>(14).fill(0), -20]);
    const { centre } = tunedActivation(rows, meanOf(rows));
    expect([centre?.[0], centre?.[15]].map((value) => Math.round(value ?? 0))).toEqual([20, -20]);
  });
});
