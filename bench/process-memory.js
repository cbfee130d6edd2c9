import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Returns the resident MiB of a process and of each of its children, by pid.
 *
 * @param {number} pid
 * @returns {readonly { pid: number, mebibytes: number }[]}
 */
export function processMemory(pid) {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([own, parent]) => own === pid || parent === pid)
    .map(([own = 0, , kibibytes = 0]) => ({ pid: own, mebibytes: kibibytes / 1024 }))
    .filter(({ mebibytes }) => mebibytes > 1)
    .sort((left, right) => Number(right.pid === pid) - Number(left.pid === pid));
}

/**
 * Returns the MiB of mapped files in the resident memory of a process, which the system takes back when it needs memory.
 * Only on Linux; 0 elsewhere.
 *
 * @param {number} pid
 */
export function mappedMebibytes(pid) {
  try {
    return Number(/^RssFile:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
