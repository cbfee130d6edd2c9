import { temporaryFolder } from '../../../test/support/temporary-folder.js';
import { describeBlobStore } from './blob-store.contract.js';
import { describeDocumentStore } from './document-store.contract.js';
import { FolderBlobStore } from './folder-blob-store.js';
import { LmdbDocumentStore } from './lmdb-document-store.js';

describeDocumentStore('LmdbDocumentStore', () => Promise.resolve(LmdbDocumentStore.open(temporaryFolder())));
describeBlobStore('FolderBlobStore', async () => await FolderBlobStore.open(temporaryFolder()));
