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
/** When each file goes, the first to go first: its id begins with the time. */
const EXPIRY = 'file-expiry';
const TIME_DIGITS = 12;
const EXPIRED_A_ROUND = 100;
const MEASURED_AT_ONCE = 500;
const FILE_ID = /^file-[0-9a-f]{32}$/;

export interface FilePage {
  readonly owner: string;
  readonly after: string | undefined;
  readonly limit: number;
  readonly order: 'ascending' | 'descending';
  readonly purpose: FilePurpose | undefined;
}

/** Files that callers send and that batches make. */
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

  /** Stores content under an id that no file has yet, or nothing; resolves to its bytes. `add` or `discard` is next. */
  async write(id: string, content: AsyncIterable<Uint8Array>): Promise<number> {
    try {
      return await this.blobs.write(id, this.space.metered(id, content));
    } catch (error) {
      this.space.settle(id, 0);
      throw error;
    }
  }

  /** Forgets content of which no file was made. */
  async discard(id: string): Promise<void> {
    this.space.settle(id, 0);
    await this.blobs.remove(id);
  }

  /** Makes a file of content that was written; the same file twice is one. */
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

  /** Also a file that has expired and is only there until whoever reads it has ended. */
  async findKept(id: string, owner: string): Promise<FileRecord | undefined> {
    const stored = FILE_ID.test(id) ? await this.documents.get<FileRecord>(FILE, id) : undefined;
    return stored?.value.owner === owner ? stored.value : undefined;
  }

  async list({ owner, after, limit, order, purpose }: FilePage): Promise<readonly FileRecord[]> {
    const found: FileRecord[] = [];
    for (let last = after; found.length < limit;) {
      const page = await this.documents.list<FileRecord>({ kind: FILE, order, after: last, limit });
      const owned = page.map(({ value }) => value).filter((file) => file.owner === owner && !this.isExpired(file));
      found.push(...owned.filter((file) => (purpose ?? file.purpose) === file.purpose));
      if (page.length < limit) break;
      last = page.at(-1)?.id;
    }
    return found.slice(0, limit);
  }

  content({ id }: FileRecord): AsyncIterable<Buffer> {
    return this.blobs.read(id);
  }

  async remove(file: FileRecord): Promise<void> {
    await this.forget(file.id, expiryId(file));
  }

  /** Removes some of the files whose time is over, but not those that are still read. */
  async expire(isRead: (fileId: string) => Promise<boolean>): Promise<void> {
    const due = await this.documents.list<{ readonly file: string }>({ kind: EXPIRY, order: 'ascending', limit: EXPIRED_A_ROUND });
    for (const { id, value } of due) {
      if (Number(id.slice(0, TIME_DIGITS)) * 1000 > this.now()) return;
      if (!(await isRead(value.file))) await this.forget(value.file, id);
    }
  }

  /** Finds out what all files take, other processes' too. */
  async measure(): Promise<void> {
    let bytes = 0;
    for (let after: string | undefined; ;) {
      const page = await this.documents.list<FileRecord>({ kind: FILE, order: 'ascending', after, limit: MEASURED_AT_ONCE });
      for (const { value } of page) bytes += value.bytes;
      if (page.length < MEASURED_AT_ONCE) break;
      after = page.at(-1)?.id;
      await setImmediate();
    }
    this.space.measured(bytes);
  }

  /** Its place among those that expire goes last, so that whatever a crash leaves of a file is removed with it then. */
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
