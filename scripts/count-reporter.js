/** A test that failed may have left a server open, which would keep the run from ending. A run that passed ends by itself. */
const endAfterFailureMs = 15_000;

/** Ends a run with one plain line for people and programs: N passed, N failed. */
export default class CountReporter {
  /**
   * @param {unknown} _contexts
   * @param {{ numPassedTests: number, numFailedTests: number, numRuntimeErrorTestSuites: number }} results
   */
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    // On exit, because Jest's own summary comes after every other reporter.
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    process.once('exit', () => console.log(`${numPassedTests} passed, ${failed} failed`));
    if (failed > 0) setTimeout(() => process.exit(1), endAfterFailureMs).unref();
  }
}
