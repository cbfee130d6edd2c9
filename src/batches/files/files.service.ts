import { setImmediate } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { BATCH_SETTINGS, type BatchSettings } from '../../config/index.js';
import { ServiceError } from '../../errors/index.js';
import { sortableId } from '../../queue/index.js';
import { CLOCK, secondsOf, type Clock } from '../clock.js';
import { BLOB_STORE, type BlobStore } from '../store/blob-store.port.js';
import { DOCUMENT_STORE, type DocumentStore } from '../store/document-store.port.js';
import type { FilePurpose, FileRecord, NewFile } from './file-record.js';
import { FileSpace } from './file-space.js';

const FILE = 'file';
/** When each file expires; ids begin with the time, so the first to expire comes first. */
const EXPIRY = 'file-expiry';
const TIME_DIGITS = 12;
const EXPIRED_A_ROUND = 100;
/** Records that are read in one go, so that a long list does not hold the event loop. */
const LISTED_AT_ONCE = 200;
const FILE_ID = /^file-[0-9a-f]{32}$/;

export interface FilePage {
  readonly owner: string;
  readonly after: string | undefined;
  readonly limit: number;
  readonly order: 'ascending' | 'descending';
  readonly purpose: FilePurpose | undefined;
}

/** Files that callers send and files that batches make. */
@Injectable()
export class FilesService {
  private readonly space: FileSpace;

  constructor(
    @Inject(DOCUMENT_STORE) private readonly documents: DocumentStore,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    @Inject(BATCH_SETTINGS) { maxTotalBytes }: BatchSettings,
    @Inject(CLOCK) private readonly now: Clock,
  ) {
    this.space = new FileSpace(maxTotalBytes);
  }

  newId(): string {
    return sortableId('file-', this.now());
  }

  /** Stores content under an id that no file has yet, and resolves to its bytes. Call `add` or `discard` next. */
  async write(id: string, content: AsyncIterable<Uint8Array>): Promise<number> {
    try {
      return await this.blobs.write(id, this.space.metered(id, content));
    } catch (error) {
      this.space.settle(id, 0);
      throw error;
    }
  }

  /** Removes content that will not become a file. */
  async discard(id: string): Promise<void> {
    this.space.settle(id, 0);
    await this.blobs.remove(id);
  }

  /** Makes a file of content that was written. The same file may be added twice. */
  async add({ id, owner, filename, purpose, bytes, ttlSeconds }: NewFile): Promise<FileRecord> {
    const now = secondsOf(this.now);
    const file: FileRecord = { id, owner, bytes, created_at: now, filename, purpose, expires_at: now + ttlSeconds };
    await this.documents.put(EXPIRY, expiryId(file), { file: id }, 0);
    const isNew = await this.documents.put(FILE, id, file, 0);
    this.space.settle(id, isNew ? bytes : 0);
    return file;
  }

  async get(id: string, owner: string): Promise<FileRecord> {
    const file = await this.find(id, owner);
    if (file === undefined) throw new ServiceError('not_found', `No such File object: ${id.slice(0, 100)}`);
    return file;
  }

  async find(id: string, owner: string): Promise<FileRecord | undefined> {
    const file = await this.findKept(id, owner);
    return file === undefined || this.isExpired(file) ? undefined : file;
  }

  /** Like `find`, but also finds a file that has expired and is kept for a batch that still reads it. */
  async findKept(id: string, owner: string): Promise<FileRecord | undefined> {
    const stored = FILE_ID.test(id) ? await this.documents.get<FileRecord>(FILE, id) : undefined;
    return stored?.value.owner === owner ? stored.value : undefined;
  }

  async list({ owner, after, limit, order, purpose }: FilePage): Promise<readonly FileRecord[]> {
    const found: FileRecord[] = [];
    for (let last = after; found.length < limit;) {
      const page = await this.documents.list<FileRecord>({ kind: FILE, owner, order, after: last, limit: LISTED_AT_ONCE });
      const shown = page.map(({ value }) => value).filter((file) => !this.isExpired(file) && (purpose ?? file.purpose) === file.purpose);
      found.push(...shown);
      if (page.length < LISTED_AT_ONCE) break;
      last = page.at(-1)?.id;
      await setImmediate(); // lets requests run first
    }
    return found.slice(0, limit);
  }

  content({ id }: FileRecord): AsyncIterable<Buffer> {
    return this.blobs.read(id);
  }

  async remove(file: FileRecord): Promise<void> {
    await this.forget(file.id, expiryId(file));
  }

  /** Removes some of the expired files, but not those that a batch still reads. */
  async expire(isRead: (fileId: string) => Promise<boolean>): Promise<void> {
    const due = await this.documents.list<{ readonly file: string }>({ kind: EXPIRY, order: 'ascending', limit: EXPIRED_A_ROUND });
    for (const { id, value } of due) {
      if (Number(id.slice(0, TIME_DIGITS)) * 1000 > this.now()) return;
      if (!(await isRead(value.file))) await this.forget(value.file, id);
    }
  }

  /** Measures the space that all files take, including those of other processes. */
  async measure(): Promise<void> {
    let bytes = 0;
    for (let after: string | undefined; ;) {
      const page = await this.documents.list<FileRecord>({ kind: FILE, order: 'ascending', after, limit: LISTED_AT_ONCE });
      for (const { value } of page) bytes += value.bytes;
      if (page.length < LISTED_AT_ONCE) break;
      after = page.at(-1)?.id;
      await setImmediate();
    }
    this.space.measured(bytes);
  }

  /** Removes the expiry record last, so that the rest is removed at the expiry if this crashes before. */
  private async forget(id: string, expiry: string): Promise<void> {
    const stored = await this.documents.get<FileRecord>(FILE, id);
    if (stored !== undefined && (await this.documents.remove(FILE, id))) this.space.freed(stored.value.bytes);
    await this.blobs.remove(id);
    await this.documents.remove(EXPIRY, expiry);
  }

  private isExpired({ expires_at }: FileRecord): boolean {
    return expires_at * 1000 <= this.now();
  }
}

function expiryId({ id, expires_at }: FileRecord): string {
  return `${String(expires_at).padStart(TIME_DIGITS, '0')} ${id}`;
}
