import { join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import { ServiceError } from '../../errors/index.js';
import { openLmdb } from '../../lmdb/index.js';
import type { DocumentPage, DocumentStore, Stored } from './document-store.port.js';

/** In the file's name, so that another layout is another file. */
const FILE = 'documents-1.lmdb';
/** Sorts behind every id. */
const LAST = '\uffff';

interface Versioned {
  readonly version: number;
  readonly value: object;
}

/** Documents in an LMDB file, which processes of one machine may share. A change is one transaction, made at once. */
export class LmdbDocumentStore implements DocumentStore {
  private constructor(
    private readonly root: RootDatabase,
    private readonly documents: Database<Versioned, [string, string]>,
  ) {}

  /** Throws when the folder cannot be written or the file is damaged. */
  static open(folder: string): LmdbDocumentStore {
    const root = openLmdb(join(folder, FILE), { maxDbs: 1, overlappingSync: false });
    return new LmdbDocumentStore(root, root.openDB({ name: 'documents', encoding: 'json' }));
  }

  get<T>(kind: string, id: string): Promise<Stored<T> | undefined> {
    this.root.resetReadTxn();
    const found = this.documents.get([kind, id]);
    return Promise.resolve(found && { id, version: found.version, value: found.value as T });
  }

  async put(kind: string, id: string, value: object, version: number): Promise<boolean> {
    return await this.change(() => {
      if ((this.documents.get([kind, id])?.version ?? 0) !== version) return false;
      this.documents.putSync([kind, id], { version: version + 1, value });
      return true;
    });
  }

  async remove(kind: string, id: string): Promise<boolean> {
    return await this.change(() => this.documents.doesExist([kind, id]) && this.documents.removeSync([kind, id]));
  }

  list<T>({ kind, order, after, limit }: DocumentPage): Promise<readonly Stored<T>[]> {
    this.root.resetReadTxn();
    const range =
      order === 'ascending'
        ? { start: [kind, after ?? ''], end: [kind, LAST], exclusiveStart: after !== undefined }
        : { start: [kind, after ?? LAST], end: [kind, ''], exclusiveStart: after !== undefined, reverse: true };
    const found = Array.from(this.documents.getRange({ ...range, limit }));
    return Promise.resolve(found.map(({ key: [, id], value: { version, value } }) => ({ id, version, value: value as T })));
  }

  async close(): Promise<void> {
    await this.root.close();
  }

  private change(step: () => boolean): Promise<boolean> {
    try {
      return Promise.resolve(this.root.transactionSync(step));
    } catch (cause) {
      return Promise.reject(
        new ServiceError('insufficient_storage', 'There is no room under DATA_DIR, or it cannot be written.', { cause }),
      );
    }
  }
}
