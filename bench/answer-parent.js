/**
 * The other end of a ChildProgram. It answers each request of the parent, and ends with the parent.
 *
 * @template T
 * @param {(request: T) => unknown} answer
 */
export function answerParent(answer) {
  process.on('disconnect', () => process.exit());
  process.on('message', (request) => void reply(/** @type {T} */ (request), answer)); // handles its own errors
}

/**
 * @template T
 * @param {T} request
 * @param {(request: T) => unknown} answer
 */
async function reply(request, answer) {
  try {
    process.send?.({ result: await answer(request) });
  } catch (error) {
    process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}
