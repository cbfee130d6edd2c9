import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const versions = [
  { parent: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes' }, // cgroup 1
  { parent: '/sys/fs/cgroup', limit: 'memory.max' }, // cgroup 2
];

/**
 * Returns a command that runs a given command and its children with at most this memory. The kernel kills a process that
 * uses more. Undefined = this user cannot limit memory on this machine.
 *
 * @param {number} bytes
 */
export function limitedMemory(bytes) {
  for (const { parent, limit } of versions) {
    const group = join(parent, `embedding-proof-${process.pid}`);
    try {
      mkdirSync(group);
      if (!existsSync(join(group, limit))) throw new Error('no such controller');
      writeFileSync(join(group, limit), String(bytes));
      process.once('exit', () => removeGroup(group));
      return ['sh', '-c', `echo $$ > ${group}/cgroup.procs && exec "$@"`, 'limited'];
    } catch {
      removeGroup(group);
    }
  }
  return undefined;
}

/** @param {string} group */
function removeGroup(group) {
  try {
    rmdirSync(group);
  } catch {
    // the group was never made, or a process in it has not ended yet
  }
}
