/** The command cannot go on; the message tells the user what to change. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
