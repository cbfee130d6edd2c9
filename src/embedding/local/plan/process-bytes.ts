import type { Machine } from './inference-plan.js';

const MIB = 2 ** 20;

/** A model up to this size has a process for each core, and a second session for a text that comes alone. */
const MOST_SMALL_BYTES = 256 * MIB;
/** The process that serves HTTP, before its cache is full. */
const HTTP_BYTES = 160 * MIB;
/**
 * Memory of an inference process, measured as PSS with graphs of 22 to 1,274 MiB (docs/decisions/0042): 50 to 65 MiB, and the
 * weights once for each session. The factor leaves room for what a load takes at its peak.
 */
const BASE_BYTES = 64 * MIB;
const SESSION_FACTOR = 1.2;

export function isSmall(weightBytes: number): boolean {
  return weightBytes <= MOST_SMALL_BYTES;
}

/** The memory that the other processes leave. */
export function bytesForModels({ memoryBytes }: Machine): number {
  return Math.max(0, memoryBytes - HTTP_BYTES);
}

/** Memory of an inference process that has loaded a model of this size. */
export function bytesOfProcess(weightBytes: number, sessions: 1 | 2): number {
  return Math.ceil(BASE_BYTES + sessions * SESSION_FACTOR * weightBytes);
}
