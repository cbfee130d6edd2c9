const { default: Sequencer } = require('@jest/test-sequencer');

/** @typedef {Parameters<InstanceType<typeof Sequencer>['sort']>[0]} Tests */

/** End-to-end files take up to half a minute, and wait for much of it. Last, one of them would leave a core idle. */
const PROJECTS = ['e2e', 'redis', 'unit'];

/** Runs the projects in this order, so that the run ends with many short files that fill all cores. */
module.exports = class TestSequencer extends Sequencer {
  /**
   * @override
   * @param {Tests} tests
   */
  async sort(tests) {
    const sorted = await super.sort(tests);
    return sorted.toSorted((left, right) => placeOf(left) - placeOf(right));
  }
};

/** @param {Tests[number]} test */
function placeOf({ context }) {
  return PROJECTS.indexOf(context.config.displayName?.name ?? '');
}
