/** The command cannot continue; the message tells the user what to change. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** The options or an input are wrong: the same command would fail again. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
}

/** The user stopped the command; the message says whether another run can resume it. */
export class StoppedError extends CommandError {
  override readonly name = 'StoppedError';
}
