let failures = 0;

/**
 * Prints a line for something that was expected.
 *
 * @param {string} name
 * @param {boolean} isRight
 * @param {string} detail
 */
export function report(name, isRight, detail) {
  if (!isRight) failures++;
  console.log(`${isRight ? 'ok  ' : 'FAIL'} ${name}: ${detail}`);
}

/** Prints the end, and makes it the exit code of this process. */
export function close() {
  console.log(failures === 0 ? 'All as expected' : `${failures} failed`);
  process.exitCode = failures === 0 ? 0 : 1;
}
