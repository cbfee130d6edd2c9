import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { processMemory } from '../process-memory.js';

/**
 * Returns the CPU milliseconds that the threads of the service have used: the HTTP process's own thread, its other threads, the
 * threads of the inference processes that run groups, and their other ones, which help with a lone text. Only on Linux.
 *
 * @param {number} pid
 */
export function serviceCpu(pid) {
  const children = processMemory(pid).filter((process) => process.pid !== pid);
  return {
    http: threadMs(pid, pid),
    threads: otherThreadsMs(pid),
    inference: sum(children.map((child) => threadMs(child.pid, child.pid))),
    helpers: sum(children.map((child) => otherThreadsMs(child.pid))),
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

/** @param {number} pid */
function otherThreadsMs(pid) {
  const threads = readdirSync(`/proc/${pid}/task`).map(Number);
  return sum(threads.filter((thread) => thread !== pid).map((thread) => threadMs(pid, thread)));
}

/** The first number of schedstat is the time on a core, in nanoseconds. @param {number} pid @param {number} thread */
function threadMs(pid, thread) {
  try {
    return parseInt(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'), 10) / 1e6;
  } catch {
    return 0; // it has ended
  }
}

/** @param {readonly number[]} values */
function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
