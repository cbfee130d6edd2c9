import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { mappedMebibytes, processMemory } from '../bench/process-memory.js';

/** @typedef {ReturnType<typeof descriptorsOf>} Descriptors */
/** @typedef {ReturnType<typeof figuresOf>} Figures */

/**
 * Reads the MiB of a service and its children, and its open descriptors. Mapped files are counted apart from other resident
 * memory, because the system takes them back when it needs memory.
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

/** @param {string} link The link of a descriptor, which may be closed by now. */
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
