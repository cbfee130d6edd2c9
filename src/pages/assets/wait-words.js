/**
 * The message of a refusal without its last words about the wait, for a place that counts the wait down itself.
 *
 * @param {string} message
 */
export function withoutWait(message) {
  return message.replace(/(?:; try again(?: later| in \d+ s)?|\. Try again in \d+ s)\.$/, '.');
}
