import { setTimeout } from 'node:timers/promises';
import { ServiceError } from '../errors/index.js';
import type { ByteCache, CacheEntry, CacheSize } from './byte-cache.port.js';
import type { CacheObserver } from './cache-observer.port.js';
import { entryCount, keyCount, openDiskFile, type DiskFile } from './disk/disk-file.js';
import { valueOf, writtenAt } from './disk/disk-record.js';
import { DiskSpace } from './disk/disk-space.js';
import { DiskWriterClient } from './disk/disk-writer-client.js';
import type { DiskLimits } from './disk/disk-writer.js';
import type { InvalidatedKeys, Invalidations } from './invalidations.port.js';

const MOST_ENTRIES_A_WRITE = 1024;
/** The pause between two writes, in which entries gather. A write waits for the disk once; at 250 ms a vector costs a quarter of the processor time that it costs at 20 ms. */
const WRITE_PAUSE_MS = 250;
/** Entries that may wait for a slow disk, 16 MB of usual vectors. Further entries are not kept. */
const MOST_WAITING = 8192;
/** With more keys, another thread fetches the pages that are not in memory, so that this thread does not wait for the disk. */
const MOST_KEYS_READ_AT_ONCE = 8;

interface LmdbByteCacheOptions extends DiskLimits {
  readonly folder: string;
  /** Bytes of the disk that the cache leaves free. */
  readonly reserveBytes?: number;
  readonly writerProgram?: URL;
}

/**
 * Keeps bytes in a file that outlives the processes of this machine, which share it (docs/decisions/0011-disk-cache.md).
 * Reads use the mapped file. Writes wait in memory, where reads find them, until a thread has made them.
 */
export class LmdbByteCache implements ByteCache {
  /** Deletions by other processes. The file has a log of them, so nothing needs to be published. */
  readonly invalidations: Invalidations = { onMessage: (listener) => (this.listener = listener) };
  private readonly waiting = new Map<string, Uint8Array>();
  private readonly writer: DiskWriterClient;
  private readonly space: DiskSpace;
  private readonly closing = new AbortController();
  private writing: Promise<void> | undefined;
  private listener: ((keys: InvalidatedKeys) => void) | undefined;

  private constructor(
    private readonly file: DiskFile,
    private readonly options: LmdbByteCacheOptions,
    private readonly observer: CacheObserver,
  ) {
    const { folder, maxBytes, ttlMs, reserveBytes = 0, writerProgram } = options;
    this.space = new DiskSpace(folder, reserveBytes);
    this.writer = new DiskWriterClient({
      folder,
      limits: { maxBytes, ttlMs },
      onDeletedByOthers: (keys) => this.forget(keys),
      ...(writerProgram === undefined ? {} : { program: writerProgram }),
    });
  }

  /** Throws an Error that names the fault of the folder. */
  static open(options: LmdbByteCacheOptions, observer: CacheObserver): LmdbByteCache {
    return new LmdbByteCache(openDiskFile(options.folder), options, observer);
  }

  async getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    try {
      if (keys.length > MOST_KEYS_READ_AT_ONCE) await this.file.records.prefetch([...keys]);
      return keys.map((key) => this.waiting.get(key) ?? this.read(key));
    } catch (error) {
      this.observer.failed('disk', 'read', error);
      return keys.map(() => undefined);
    }
  }

  getFromMemory(key: string): Uint8Array | undefined {
    return this.waiting.get(key);
  }

  setMany(entries: readonly CacheEntry[]): Promise<void> {
    if (this.waiting.size + entries.length > MOST_WAITING) {
      this.observer.failed('disk', 'write', new Error('the disk is too slow for the entries that are to be written'));
      return Promise.resolve();
    }
    if (this.space.isShort) {
      this.observer.failed('disk', 'write', new Error('the rest of the disk is kept free for jobs and files (DISK_RESERVE_MB)'));
      return Promise.resolve();
    }
    for (const { key, value } of entries) this.waiting.set(key, value);
    if (this.waiting.size > 0) this.writing ??= this.write().finally(() => (this.writing = undefined));
    return Promise.resolve();
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    if (keys.length === 0) return 0;
    const waited = keys.filter((key) => this.waiting.delete(key));
    const removed = await this.orUnavailable(this.writer.delete(keys));
    return new Set([...waited, ...removed]).size;
  }

  async clear(prefix = ''): Promise<number> {
    const waiting = [...this.waiting.keys()].filter((key) => key.startsWith(prefix));
    const count = this.onlyWaiting().filter((key) => key.startsWith(prefix)).length + keyCount(this.file.records, prefix);
    for (const key of waiting) this.waiting.delete(key);
    await this.orUnavailable(this.writer.clear(prefix));
    return count;
  }

  /** Entries that expired in the last minute may still count. */
  size(): Promise<CacheSize> {
    const onlyWaiting = this.onlyWaiting().length;
    return Promise.resolve({ entries: entryCount(this.file.records) + onlyWaiting, areShared: true, memoryBytes: 0 });
  }

  findFault(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.writing;
    await this.writer.close();
    await this.file.root.close();
  }

  /** The keys that are not in the file yet. */
  private onlyWaiting(): readonly string[] {
    this.file.root.resetReadTxn();
    return [...this.waiting.keys()].filter((key) => !this.file.records.doesExist(key));
  }

  private read(key: string): Uint8Array | undefined {
    const record = this.file.records.getBinary(key);
    if (record === undefined || Date.now() - writtenAt(record) > this.options.ttlMs) return undefined;
    const value = valueOf(key, record);
    if (value === undefined) this.observer.failed('disk', 'read', new Error('an entry differs from what was written'));
    return value;
  }

  private async write(): Promise<void> {
    while (this.waiting.size > 0) {
      const entries = this.firstWaiting();
      try {
        await this.writer.put(entries);
      } catch (error) {
        this.observer.failed('disk', 'write', error);
      }
      for (const { key, value } of entries) if (this.waiting.get(key) === value) this.waiting.delete(key);
      await setTimeout(WRITE_PAUSE_MS, undefined, { signal: this.closing.signal }).catch(() => undefined); // closing: no pause
    }
  }

  private firstWaiting(): readonly CacheEntry[] {
    const entries: CacheEntry[] = [];
    for (const [key, value] of this.waiting) {
      if (entries.push({ key, value }) === MOST_ENTRIES_A_WRITE) break;
    }
    return entries;
  }

  private async orUnavailable<T>(deletion: Promise<T>): Promise<T> {
    try {
      return await deletion;
    } catch (cause) {
      throw new ServiceError('unavailable', 'The cache on the disk cannot be changed, so entries may be left; try again.', {
        cause,
        retryAfterSeconds: 1,
      });
    } finally {
      this.file.root.resetReadTxn(); // reads later in this turn of the event loop must see the deletion
    }
  }

  private forget(keys: InvalidatedKeys): void {
    this.file.root.resetReadTxn();
    if (keys === 'all') this.waiting.clear();
    else for (const key of keys) this.waiting.delete(key);
    this.listener?.(keys);
  }
}
