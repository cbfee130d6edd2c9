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
