import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { mappedMebibytes, processMemory } from '../bench/process-memory.js';

/** @typedef {ReturnType<typeof descriptorsOf>} Descriptors */
/** @typedef {ReturnType<typeof figuresOf>} Figures */

/**
 * MiB of a service and its children, and what it holds open. Of its resident memory the part that is mapped files is
 * told apart: the system takes that back when it needs it.
 *
 * @param {number} pid
 */
export function figuresOf(pid) {
  const [main, ...workers] = processMemory(pid);
  return {
    main: main?.mebibytes ?? 0,
    mainMappedFiles: mappedMebibytes(pid),
    workers: workers.map(({ mebibytes }) => mebibytes),
    descriptors: descriptorsOf(pid),
  };
}

/** @param {number} pid */
export function descriptorsOf(pid) {
  const targets = readdirSync(`/proc/${pid}/fd`).map((name) => targetOf(join(`/proc/${pid}/fd`, name)));
  const sockets = targets.filter((target) => target.startsWith('socket:')).length;
  const files = targets.filter((target) => target.startsWith('/')).length;
  return { sockets, files, others: targets.length - sockets - files };
}

/** @param {string} link Of a descriptor, which may be closed by now. */
function targetOf(link) {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}

/** @param {Descriptors} descriptors */
export function total({ sockets, files, others }) {
  return sockets + files + others;
}
