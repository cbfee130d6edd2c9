import { Inject, Injectable } from '@nestjs/common';
import { ServiceError } from '../../errors/index.js';
import { sortableId } from '../sortable-id.js';
import { BLOB_STORE, type BlobStore } from '../store/blob-store.port.js';
import { DOCUMENT_STORE, type DocumentStore } from '../store/document-store.port.js';
import type { FilePurpose, FileRecord, NewFile } from './file-record.js';

const FILE = 'file';
/** When each file goes, the first to go first: its id begins with the time. */
const EXPIRY = 'file-expiry';
const TIME_DIGITS = 12;
const EXPIRED_A_ROUND = 100;
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
  constructor(
    @Inject(DOCUMENT_STORE) private readonly documents: DocumentStore,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  newId(): string {
    return sortableId('file-', Date.now());
  }

  /** Stores content under an id that no file has yet; resolves to its bytes. */
  async write(id: string, content: AsyncIterable<Uint8Array>): Promise<number> {
    return await this.blobs.write(id, content);
  }

  /** Forgets content of which no file was made. */
  async discard(id: string): Promise<void> {
    await this.blobs.remove(id);
  }

  /** Makes a file of content that was written; the same file twice is one. */
  async add({ id, owner, filename, purpose, bytes, ttlSeconds }: NewFile): Promise<FileRecord> {
    const now = Math.floor(Date.now() / 1000);
    const file: FileRecord = { id, owner, bytes, created_at: now, filename, purpose, expires_at: now + ttlSeconds };
    await this.documents.put(EXPIRY, expiryId(file), { file: id }, 0);
    await this.documents.put(FILE, id, file, 0);
    return file;
  }

  async get(id: string, owner: string): Promise<FileRecord> {
    const file = await this.find(id, owner);
    if (file === undefined) throw new ServiceError('not_found', `No such File object: ${id.slice(0, 100)}`);
    return file;
  }

  async find(id: string, owner: string): Promise<FileRecord | undefined> {
    if (!FILE_ID.test(id)) return undefined;
    const stored = await this.documents.get<FileRecord>(FILE, id);
    return stored?.value.owner !== owner || isExpired(stored.value) ? undefined : stored.value;
  }

  async list({ owner, after, limit, order, purpose }: FilePage): Promise<readonly FileRecord[]> {
    const found: FileRecord[] = [];
    for (let last = after; found.length < limit;) {
      const page = await this.documents.list<FileRecord>({ kind: FILE, order, after: last, limit });
      const owned = page.map(({ value }) => value).filter((file) => file.owner === owner && !isExpired(file));
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
    await this.documents.remove(FILE, file.id);
    await this.blobs.remove(file.id);
    await this.documents.remove(EXPIRY, expiryId(file));
  }

  /** Removes some of the files whose time is over. */
  async expire(): Promise<void> {
    const due = await this.documents.list<{ readonly file: string }>({ kind: EXPIRY, order: 'ascending', limit: EXPIRED_A_ROUND });
    for (const { id, value } of due) {
      if (Number(id.slice(0, TIME_DIGITS)) * 1000 > Date.now()) return;
      await this.documents.remove(FILE, value.file);
      await this.blobs.remove(value.file);
      await this.documents.remove(EXPIRY, id);
    }
  }
}

function expiryId({ id, expires_at }: FileRecord): string {
  return `${String(expires_at).padStart(TIME_DIGITS, '0')} ${id}`;
}

function isExpired({ expires_at }: FileRecord): boolean {
  return expires_at * 1000 <= Date.now();
}
