import { join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import { ServiceError } from '../../errors/index.js';
import { openLmdb } from '../../lmdb/index.js';
import { ownerOfDocument, type DocumentPage, type DocumentStore, type Stored } from './document-store.port.js';

/** Is part of the file's name, so that each layout has its own file. */
const FILE = 'documents-1.lmdb';
/** Sorts behind every id. */
const LAST = '\uffff';

interface Versioned {
  readonly version: number;
  readonly value: object;
}

interface Tables {
  readonly root: RootDatabase;
  /** [kind, id]. */
  readonly documents: Database<Versioned, [string, string]>;
  /** [kind, owner, id] of every document. */
  readonly owned: Database<null, [string, string, string]>;
}

/** Documents in an LMDB file, which processes of one machine may share. A change is one transaction, made at once. */
export class LmdbDocumentStore implements DocumentStore {
  private constructor(private readonly tables: Tables) {}

  /** Throws when the folder cannot be written or the file is damaged. */
  static open(folder: string): LmdbDocumentStore {
    const root = openLmdb(join(folder, FILE), { maxDbs: 2, overlappingSync: false });
    const documents: Tables['documents'] = root.openDB({ name: 'documents', encoding: 'json' });
    const owned: Tables['owned'] = root.openDB({ name: 'owned', encoding: 'json' });
    indexOlderDocuments({ root, documents, owned });
    return new LmdbDocumentStore({ root, documents, owned });
  }

  get<T>(kind: string, id: string): Promise<Stored<T> | undefined> {
    this.tables.root.resetReadTxn();
    return Promise.resolve(this.read<T>(kind, id));
  }

  async put(kind: string, id: string, value: object, version: number): Promise<boolean> {
    return await this.change(({ documents, owned }) => {
      if ((documents.get([kind, id])?.version ?? 0) !== version) return false;
      documents.putSync([kind, id], { version: version + 1, value });
      owned.putSync([kind, ownerOfDocument(value), id], null);
      return true;
    });
  }

  async remove(kind: string, id: string): Promise<boolean> {
    return await this.change(({ documents, owned }) => {
      const stored = documents.get([kind, id]);
      if (stored === undefined) return false;
      owned.removeSync([kind, ownerOfDocument(stored.value), id]);
      return documents.removeSync([kind, id]);
    });
  }

  list<T>(page: DocumentPage): Promise<readonly Stored<T>[]> {
    this.tables.root.resetReadTxn();
    const { kind, owner } = page;
    if (owner === undefined) return Promise.resolve(this.listAll<T>(page));
    const keys = Array.from(this.tables.owned.getKeys(rangeOf(page, (id): [string, string, string] => [kind, owner, id])));
    return Promise.resolve(keys.flatMap(([, , id]) => this.read<T>(kind, id) ?? []));
  }

  async close(): Promise<void> {
    await this.tables.root.close();
  }

  private read<T>(kind: string, id: string): Stored<T> | undefined {
    const found = this.tables.documents.get([kind, id]);
    return found && { id, version: found.version, value: found.value as T };
  }

  private listAll<T>(page: DocumentPage): readonly Stored<T>[] {
    const found = Array.from(this.tables.documents.getRange(rangeOf(page, (id): [string, string] => [page.kind, id])));
    return found.map(({ key: [, id], value: { version, value } }) => ({ id, version, value: value as T }));
  }

  private change(step: (tables: Tables) => boolean): Promise<boolean> {
    try {
      return Promise.resolve(this.tables.root.transactionSync(() => step(this.tables)));
    } catch (cause) {
      return Promise.reject(
        new ServiceError('insufficient_storage', 'There is no room under DATA_DIR, or it cannot be written.', { cause }),
      );
    }
  }
}

function rangeOf<Key>({ order, after, limit }: DocumentPage, keyOf: (id: string) => Key) {
  return order === 'ascending'
    ? { start: keyOf(after ?? ''), end: keyOf(LAST), exclusiveStart: after !== undefined, limit }
    : { start: keyOf(after ?? LAST), end: keyOf(''), exclusiveStart: after !== undefined, reverse: true, limit };
}

/** Adds documents that an older version has stored to the table by owner, which it did not have. */
function indexOlderDocuments({ root, documents, owned }: Tables): void {
  if (owned.getCount() === documents.getCount()) return;
  root.transactionSync(() => {
    owned.clearSync();
    for (const { key, value } of documents.getRange()) owned.putSync([key[0], ownerOfDocument(value.value), key[1]], null);
  });
}
