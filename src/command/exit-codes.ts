import { CommandError, StoppedError, UsageError } from './command-error.js';

export const EXIT = { done: 0, failed: 1, usage: 2, someSkipped: 3, interrupted: 130 } as const;

/** Runs a subcommand. Prints an error whose message is for the user, and resolves to its exit code; rejects with other errors. */
export async function exitCodeOf(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof CommandError) && !(await isSettingsError(error))) throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    if (error instanceof StoppedError) return EXIT.interrupted;
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

/** Loads the settings only now, because they bring Nest, which most errors of options do without. */
async function isSettingsError(error: unknown): Promise<boolean> {
  const { SettingsError } = await import('../config/index.js');
  return error instanceof SettingsError;
}
