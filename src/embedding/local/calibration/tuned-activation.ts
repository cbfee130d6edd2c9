import { MOST_ACTIVATION, USUAL_ACTIVATION, type TunedActivation } from '../model/quantize/tuning.js';

const ZERO_POINTS = [USUAL_ACTIVATION.zeroPoint, ...Array.from({ length: 31 }, (_, index) => 8 * (index + 1))];
/** Rows with a centre take a little longer, so the error must fall at least to this share. */
const WORTH_A_CENTRE = 0.9;

/** The largest and the smallest number of a row. */
interface Ends {
  readonly high: number;
  readonly low: number;
}

/**
 * How an activation becomes whole numbers with the least error. The error of a row grows with the square of its scale, which
 * its ends decide.
 *
 * @param rows Some rows of the activation.
 */
export function tunedActivation(rows: readonly Float32Array[], mean: Float64Array): TunedActivation {
  const centre = Float32Array.from(mean);
  const plain = leastError(endsOf(rows, new Float32Array(mean.length)));
  const centred = leastError(endsOf(rows, centre));
  return centred.error < plain.error * WORTH_A_CENTRE
    ? { centre, zeroPoint: centred.zeroPoint }
    : { centre: undefined, zeroPoint: plain.zeroPoint };
}

function leastError(ends: readonly Ends[]): { readonly zeroPoint: number; readonly error: number } {
  const tried = ZERO_POINTS.map((zeroPoint) => ({ zeroPoint, error: errorOf(ends, zeroPoint) }));
  return tried.reduce((best, each) => (each.error < best.error ? each : best));
}

function errorOf(ends: readonly Ends[], zeroPoint: number): number {
  return ends.reduce((sum, { high, low }) => sum + Math.max(high / (MOST_ACTIVATION - zeroPoint), -low / zeroPoint) ** 2, 0);
}

function endsOf(rows: readonly Float32Array[], centre: Float32Array): readonly Ends[] {
  return rows.map((row) => {
    const centred = row.map((value, at) => value - (centre[at] ?? 0));
    return { high: Math.max(...centred), low: Math.min(...centred) };
  });
}
