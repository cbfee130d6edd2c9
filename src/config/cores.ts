import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * Returns the cores that a CPU quota grants, from the text of cgroup v2's cpu.max ("quota period", both in microseconds,
 * https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files); undefined = no quota.
 */
export function quotaCores(cpuMax: string): number | undefined {
  const [quota, period] = cpuMax.trim().split(/\s+/).map(Number);
  if (quota === undefined || period === undefined || !(quota > 0) || !(period > 0)) return undefined;
  return Math.max(1, Math.floor(quota / period));
}

/** Returns the whole cores that this process may use: those of the scheduler's affinity mask, but no more than the cgroup's quota. */
export function coresOfThisProcess(): number {
  const quota = quotaCores(readCpuMax());
  return quota === undefined ? availableParallelism() : Math.min(quota, availableParallelism());
}

function readCpuMax(): string {
  const v2 = readIfThere('/sys/fs/cgroup/cpu.max');
  if (v2 !== '') return v2;
  return `${readIfThere('/sys/fs/cgroup/cpu/cpu.cfs_quota_us')} ${readIfThere('/sys/fs/cgroup/cpu/cpu.cfs_period_us')}`;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // another system or cgroup version has no quota here
  }
}
