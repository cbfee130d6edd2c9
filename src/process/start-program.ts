import { SettingsError } from '../config/index.js';

/**
 * Runs the start of a program. If it cannot run as configured, prints one line for each fault and exits with 1, but only
 * when `settle` has resolved: a process that exits while one of its threads starts may crash.
 */
export async function startProgram(start: () => Promise<void>, settle: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const fault of error.faults) process.stderr.write(`${fault}\n`);
    await settle();
    process.exit(1);
  }
}
