import { totalmem } from 'node:os';

/** Returns the bytes within a limit of the cgroup. Node gives 0 or undefined without one, or a number that no machine has. */
export function memoryWithin(limit: number | undefined, installed: number): number {
  return limit === undefined || limit <= 0 ? installed : Math.min(limit, installed);
}

/** Returns the memory that this process and its children may use: that of the machine, but no more than the limit of the cgroup and its parents. */
export function memoryOfThisProcess(): number {
  return memoryWithin(process.constrainedMemory(), totalmem());
}
