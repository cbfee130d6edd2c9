import { setImmediate } from 'node:timers/promises';
import { DiskSpace, type DiskMeasure } from './disk-space.js';

const GIB = 1024 ** 3;

async function isShort(reserveBytes: number, measure: () => Promise<DiskMeasure>): Promise<boolean> {
  const space = new DiskSpace('/data', reserveBytes, measure);
  await setImmediate();
  return space.isShort;
}

describe('DiskSpace', () => {
  it.each([
    ['more than the reserve is free', 2 * GIB, 100 * GIB, false],
    ['less than the reserve is free', GIB - 1, 100 * GIB, true],
    ['a quarter of a small disk is free', GIB / 4, GIB, false],
    ['less than a quarter of a small disk is free', GIB / 4 - 1, GIB, true],
  ])('is measured correctly if %s', async (_, freeBytes, totalBytes, expected) => {
    expect(await isShort(GIB, () => Promise.resolve({ freeBytes, totalBytes }))).toBe(expected);
  });

  it('is never short without a reserve, or if it cannot be measured', async () => {
    const full = (): Promise<DiskMeasure> => Promise.resolve({ freeBytes: 0, totalBytes: GIB });
    expect([await isShort(0, full), await isShort(GIB, () => Promise.reject(new Error('ENOSYS')))]).toEqual([false, false]);
  });
});
