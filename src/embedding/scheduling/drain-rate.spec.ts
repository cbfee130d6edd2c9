import { DrainRate } from './drain-rate.js';

describe('the drain rate', () => {
  it('knows nothing before anything was computed', () => {
    expect(new DrainRate().timeFor(1000, 2)).toBe(0);
  });

  it('divides the tokens by the number of processes, at least one', () => {
    const rate = new DrainRate();
    rate.record(100, 10);
    expect(rate.timeFor(1000, 2)).toBe(50);
    expect(rate.timeFor(1000, 0)).toBe(100);
  });

  it('follows a change of speed without jumping at one slow group', () => {
    const rate = new DrainRate();
    rate.record(100, 10);
    rate.record(100, 100);
    expect(rate.timeFor(910, 1)).toBeCloseTo(100);
    for (let group = 0; group < 200; group++) rate.record(100, 100);
    expect(rate.timeFor(1000, 1)).toBeCloseTo(1000, 0);
  });
});
