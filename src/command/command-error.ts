/** The command cannot go on; the message says what to change. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
