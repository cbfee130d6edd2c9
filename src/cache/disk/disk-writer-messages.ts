import type { CacheEntry } from '../byte-cache.port.js';
import type { InvalidatedKeys } from '../invalidations.port.js';
import type { DiskLimits } from './disk-writer.js';

export interface DiskWriterData {
  readonly folder: string;
  readonly limits: DiskLimits;
}

export type DiskRequest =
  | { readonly type: 'put'; readonly entries: readonly CacheEntry[] }
  | { readonly type: 'delete'; readonly keys: readonly string[] }
  | { readonly type: 'clear' }
  | { readonly type: 'close' };

/** Requests are answered in their order. */
export type DiskReply =
  | { readonly type: 'done'; readonly removed: readonly string[] }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'deleted-by-others'; readonly keys: InvalidatedKeys };
