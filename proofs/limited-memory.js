import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const versions = [
  { parent: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes' }, // cgroup 1
  { parent: '/sys/fs/cgroup', limit: 'memory.max' }, // cgroup 2
];

/**
 * A command that runs another with no more memory than this, children included: the kernel ends what goes past it.
 * Undefined = this machine does not let this user limit memory.
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
    // it was never made, or a process in it has not ended yet
  }
}
