import { spawnSync } from 'node:child_process';

/**
 * Runs a command whose output belongs in the log; true if it exits with 0.
 *
 * @param {string} command
 * @param {readonly string[]} parameters
 */
export function succeeds(command, parameters) {
  return spawnSync(command, parameters, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}
