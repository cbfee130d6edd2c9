import { spawnSync } from 'node:child_process';

/** Whether the process runs. A zombie, whose parent has not read its exit code, does not. */
export function isAlive(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', `${pid}`], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}
