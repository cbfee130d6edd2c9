import { availableParallelism } from 'node:os';
import { coresOfThisProcess, quotaCores } from './cores.js';

describe('quotaCores', () => {
  it.each([
    { cpuMax: '200000 100000\n', cores: 2, says: 'as many cores as the quota pays for' },
    { cpuMax: '250000 100000', cores: 2, says: 'whole cores only' },
    { cpuMax: '50000 100000', cores: 1, says: 'one core when the quota is less' },
    { cpuMax: 'max 100000\n', cores: undefined, says: 'no bound without a quota' },
    { cpuMax: '-1 100000', cores: undefined, says: 'no bound without a quota in cgroup v1' },
    { cpuMax: ' ', cores: undefined, says: 'no bound where there are no cgroups' },
    { cpuMax: 'nonsense', cores: undefined, says: 'no bound for what it cannot read' },
  ])('gives $says', ({ cpuMax, cores }) => {
    expect(quotaCores(cpuMax)).toBe(cores);
  });
});

describe('coresOfThisProcess', () => {
  it('gives at least one core and no more than the process may run on', () => {
    expect(coresOfThisProcess()).toBeGreaterThanOrEqual(1);
    expect(coresOfThisProcess()).toBeLessThanOrEqual(availableParallelism());
  });
});
