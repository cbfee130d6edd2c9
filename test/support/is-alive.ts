import { spawnSync } from 'node:child_process';

/** A process that has ended counts as gone even if nobody has collected its exit code. */
export function isAlive(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', `${pid}`], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}
