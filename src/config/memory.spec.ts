import { totalmem } from 'node:os';
import { memoryOfThisProcess, memoryWithin } from './memory.js';

const GIB = 2 ** 30;

describe('memoryWithin', () => {
  it.each([
    { limit: 2 * GIB, bytes: 2 * GIB, says: 'the limit of a container' },
    { limit: 0, bytes: 8 * GIB, says: 'that of the machine without a limit' },
    { limit: undefined, bytes: 8 * GIB, says: 'that of the machine where no limit is known' },
    { limit: 2 ** 63 - 4096, bytes: 8 * GIB, says: 'that of the machine for the number that cgroup v1 has without a limit' },
  ])('gives $says', ({ limit, bytes }) => {
    expect(memoryWithin(limit, 8 * GIB)).toBe(bytes);
  });
});

describe('memoryOfThisProcess', () => {
  it('is no more than the machine has', () => {
    expect(memoryOfThisProcess()).toBeGreaterThan(64 * 2 ** 20);
    expect(memoryOfThisProcess()).toBeLessThanOrEqual(totalmem());
  });
});
