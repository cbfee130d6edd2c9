import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

/** Measures the share of the processor that other programs take, which this process did not start. */
export class OtherWork {
  constructor() {
    this.startedAt = performance.now();
    this.busyAtStart = busySeconds();
    this.ownAtStart = ownSeconds();
  }

  /** The share of all cores since the start. Read it before the own processes end. */
  share() {
    const others = busySeconds() - this.busyAtStart - (ownSeconds() - this.ownAtStart);
    return Math.max(0, others) / (((performance.now() - this.startedAt) / 1000) * cpus().length);
  }
}

function busySeconds() {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + (user + nice + sys + irq) / 1000, 0);
}

/** CPU time of this process and of all its descendants. */
function ownSeconds() {
  const processes = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,time='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, time = '']) => ({ pid: Number(pid), parent: Number(parent), seconds: secondsOf(time) }));
  const own = new Set([process.pid]);
  for (let before = 0; before < own.size;) {
    before = own.size;
    for (const { pid, parent } of processes) if (own.has(parent)) own.add(pid);
  }
  return processes.reduce((sum, { pid, seconds }) => sum + (own.has(pid) ? seconds : 0), 0);
}

/** @param {string} time As ps writes it: [[days-]hours:]minutes:seconds. */
function secondsOf(time) {
  const [clock = '', days = '0'] = time.split('-').reverse();
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), Number(days) * 24 * (clock.split(':').length === 3 ? 1 : 60));
}
