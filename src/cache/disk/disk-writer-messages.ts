import type { Topic } from '../../link/index.js';
import type { CacheEntry } from '../byte-cache.port.js';
import type { InvalidatedKeys } from '../invalidations.port.js';
import type { DiskLimits } from './disk-writer.js';

export interface DiskWriterData {
  readonly folder: string;
  readonly limits: DiskLimits;
}

// Asked of the thread that writes.
export const PUT: Topic<readonly CacheEntry[], void> = { name: 'put' };
/** The answer names the keys that were there. */
export const DELETE: Topic<readonly string[], readonly string[]> = { name: 'delete' };
/** Deletes the keys that begin so; '' = all. */
export const CLEAR: Topic<string, void> = { name: 'clear' };
/** The thread ends after its answer. */
export const CLOSE: Topic<void, void> = { name: 'close' };

/** The thread tells of keys that another process has deleted. */
export const DELETED_BY_OTHERS: Topic<InvalidatedKeys, void> = { name: 'deleted-by-others' };
