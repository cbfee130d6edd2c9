/** The command cannot continue; the message tells the user what to change. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
