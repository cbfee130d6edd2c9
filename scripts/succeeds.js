import { spawnSync } from 'node:child_process';

/**
 * Runs a command and shows its output; true = it has exited with 0.
 *
 * @param {string} command
 * @param {readonly string[]} parameters
 */
export function succeeds(command, parameters) {
  return spawnSync(command, parameters, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}
