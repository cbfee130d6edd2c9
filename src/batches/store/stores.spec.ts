import { pbkdf2 } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../test/support/temporary-folder.js';
import { openLmdb } from '../../lmdb/index.js';
import { describeBlobStore } from './blob-store.contract.js';
import { describeDocumentStore } from './document-store.contract.js';
import { FolderBlobStore } from './folder-blob-store.js';
import { LmdbDocumentStore } from './lmdb-document-store.js';

describeDocumentStore('LmdbDocumentStore', () => Promise.resolve(LmdbDocumentStore.open(temporaryFolder())));
describeBlobStore('FolderBlobStore', async () => await FolderBlobStore.open(temporaryFolder()));

const OLDER = [
  ['a', { owner: 'me' }],
  ['b', { owner: 'you' }],
  ['c', { owner: 'me' }],
] as const;

describe('LmdbDocumentStore', () => {
  it('finds documents of an older version by owner', async () => {
    const folder = temporaryFolder();
    const store = LmdbDocumentStore.open(folder);
    for (const [id, value] of OLDER) await store.put('file', id, value, 0);
    await store.close();
    const root = openLmdb(join(folder, 'documents-1.lmdb'), { maxDbs: 2 });
    root.openDB({ name: 'owned', encoding: 'json' }).clearSync();
    await root.close();

    const reopened = LmdbDocumentStore.open(folder);
    const mine = await reopened.list({ kind: 'file', owner: 'me', order: 'ascending', limit: 10 });
    expect(mine.map(({ id }) => id)).toEqual(['a', 'c']);
    await reopened.close();
  });
});

// oxlint-disable-next-line require-yield -- it fails before the first part
async function* failing(): AsyncGenerator<Buffer> {
  throw await Promise.resolve(new Error('of the content'));
}

/** The threads that open and remove files do not take their work in order. */
function keepThreadsBusy(): void {
  for (let thread = 0; thread < 3; thread++) pbkdf2('a', 'b', 2_000, 32, 'sha256', () => undefined);
}

describe('FolderBlobStore', () => {
  it('leaves nothing of contents that fail at once', async () => {
    const folder = temporaryFolder();
    const store = await FolderBlobStore.open(folder);
    for (let written = 0; written < 500; written++) {
      keepThreadsBusy();
      await expect(store.write('blob', failing())).rejects.toThrow('of the content');
      expect(readdirSync(folder)).toEqual([]);
    }
  });
});
