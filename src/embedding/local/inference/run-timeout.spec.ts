import { runTimeoutMs } from './run-timeout.js';

describe('the time for a run', () => {
  it('is the value of the setting for up to 512 tokens', () => {
    expect(runTimeoutMs(10_000, 1, 8)).toBe(10_000);
    expect(runTimeoutMs(10_000, 1, 512)).toBe(10_000);
    expect(runTimeoutMs(10_000, 8, 64)).toBe(10_000);
  });

  it('grows with the tokens of the run, and faster with the length of its texts', () => {
    expect(runTimeoutMs(10_000, 2, 512)).toBe(20_000);
    expect(runTimeoutMs(10_000, 1, 1024)).toBeGreaterThan(20_000);
    expect(runTimeoutMs(10_000, 1, 8192)).toBeGreaterThan(500_000);
  });
});
