/** Ends a run with one plain line for people and programs: N passed, N failed. */
export default class CountReporter {
  /**
   * @param {unknown} _contexts
   * @param {{ numPassedTests: number, numFailedTests: number, numRuntimeErrorTestSuites: number }} results
   */
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    // On exit, because Jest's own summary comes after every other reporter.
    process.once('exit', () => console.log(`${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed`));
  }
}
