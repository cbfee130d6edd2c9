/** `npm run bench`: see README.md beside this file. */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { benchOtherServer } from './bench-other-server.js';
import { benchService } from './bench-service.js';
import { readOptions } from './options.js';
import { fullTiming, quickTiming } from './timing.js';

const startedAt = performance.now();
/** @param {string} line */
const say = (line) => process.stderr.write(`${line}\n`);

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130)); // runs the exit handlers, which end the started processes

const cpu = cpus()[0]?.model.trim() ?? 'unknown processor';
const load = loadavg()[0]?.toFixed(1) ?? '?';
const date = new Date().toISOString().slice(0, 10);
const machine = `${cpu}, ${availableParallelism()} cores, Node ${process.versions.node}, ${date}; load average ${load} before the start`;

try {
  const { quick, full, against } = readOptions(process.argv.slice(2));
  const timing = quick ? quickTiming : fullTiming;
  const report = await (against === undefined ? benchService(timing, { say, full }) : benchOtherServer(against, timing, say));
  console.log(`\n${machine}\n\n${report}\n\nAll checked answers were right. ${Math.round((performance.now() - startedAt) / 1000)} s`);
} catch (error) {
  console.error(`FAILED: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
