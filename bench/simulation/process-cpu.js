import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { processMemory } from '../process-memory.js';

/** Linux counts CPU time in hundredths of a second. */
const tickMs = 10;

/**
 * Returns the CPU milliseconds that the service has used: the HTTP process's own thread, its other threads, and its
 * inference processes. Only on Linux.
 *
 * @param {number} pid
 */
export function serviceCpu(pid) {
  const threads = readdirSync(`/proc/${pid}/task`).map(Number);
  const cpuOf = (/** @type {number} */ thread) => cpuMs(`/proc/${pid}/task/${thread}/stat`);
  const children = processMemory(pid).filter((process) => process.pid !== pid);
  return {
    http: cpuOf(pid),
    threads: sum(threads.filter((thread) => thread !== pid).map(cpuOf)),
    inference: sum(children.map((child) => cpuMs(`/proc/${child.pid}/stat`))),
  };
}

/** Measures the share of the processor that neither this program nor the service takes. */
export class OtherLoad {
  /** @param {number} pid of the service */
  constructor(pid) {
    this.pid = pid;
    this.startedAt = performance.now();
    this.othersAtStart = othersMs(pid);
  }

  share() {
    const others = othersMs(this.pid) - this.othersAtStart;
    return Math.max(0, others) / ((performance.now() - this.startedAt) * cpus().length);
  }
}

/** @param {number} pid */
function othersMs(pid) {
  const busy = sum(cpus().map(({ times: { user, nice, sys, irq } }) => user + nice + sys + irq));
  const { user, system } = process.cpuUsage();
  return busy - (user + system) / 1000 - sum(Object.values(serviceCpu(pid)));
}

/** @param {string} file */
function cpuMs(file) {
  const stat = readFileSync(file, 'utf8');
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (user + system) * tickMs;
}

/** @param {readonly number[]} values */
function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
