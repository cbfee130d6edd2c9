import { slowness, type Calibration, type MeasuredRun } from './calibrate.js';
import { groupTokens, type RunCounts } from './run-counts.js';

/** Counts of runs by their texts. */
function counts(texts: readonly number[]): RunCounts {
  return { runs: texts.length, wideRuns: 0, runsOfAtMost: (most) => texts.filter((size) => size <= most).length };
}

describe('the calibration of a comparison', () => {
  it.each([
    { sizes: [1, 2, 2], tokens: 64 },
    { sizes: [1, 4, 3], tokens: 128 },
    { sizes: [2, 7, 8], tokens: 256 },
  ])('takes from groups of $sizes texts that a group has up to $tokens tokens', ({ sizes, tokens }) => {
    const before = [1, 8];
    expect(groupTokens(counts(before), counts([...before, ...sizes]))).toBe(tokens);
  });

  it('compares the CPU time of inference with what the same runs took before, on all cores and on one', () => {
    const calibration: Calibration = { wideMs: 3, msPerRun: 1, msPerToken: 0.1, perSecond: 100, groupTokens: 128, meanTokens: 30 };
    const exchanges = Array.from({ length: 10 }, () => ({ at: 0, tokens: 30, latencyMs: 5 }));
    const run: MeasuredRun = { exchanges, texts: 10, tokens: 300, http: 1, threads: 1, inference: 54, load: 1, runs: 6, wideRuns: 4 };
    // Four texts of 3 ms on all cores; on one core two runs of 1 ms, with six texts of 30 tokens: 32 ms in all.
    expect(slowness(calibration, run)).toBeCloseTo(54 / 32);
  });
});
