import { join } from 'node:path';
import { Logger, type FactoryProvider } from '@nestjs/common';
import { BATCH_SETTINGS, QUEUE_SETTINGS, type BatchSettings, type QueueSettings } from '../config/index.js';
import { FOLDER_ADVICE, reportMessages } from '../lmdb/index.js';
import { connectRedis, RedisMetrics } from '../redis/index.js';
import { BLOB_STORE, type BlobStore } from './store/blob-store.port.js';
import { DOCUMENT_STORE, type DocumentStore } from './store/document-store.port.js';
import { FolderBlobStore } from './store/folder-blob-store.js';
import { LmdbDocumentStore } from './store/lmdb-document-store.js';
import { RedisBlobStore } from './store/redis-blob-store.js';
import { RedisDocumentStore } from './store/redis-document-store.js';
import { UnusableBlobStore, UnusableDocumentStore } from './store/unusable-stores.js';

/** A part of a file is 256 KB, and a Redis that writes it to its disk may need seconds. */
const COMMAND_TIMEOUT_MS = 5_000;

interface Stores {
  readonly documents: DocumentStore;
  readonly blobs: BlobStore;
}

const STORES = Symbol('STORES');

/** Files and batches are kept in the same place as jobs. */
const storesProvider: FactoryProvider<Stores> = {
  provide: STORES,
  inject: [QUEUE_SETTINGS, BATCH_SETTINGS, RedisMetrics],
  useFactory: async ({ backend }: QueueSettings, { folder }: BatchSettings, observer: RedisMetrics) => {
    switch (backend.kind) {
      case 'embedded':
        return await openFolder(folder);
      case 'redis': {
        const redis = await connectRedis(backend.url, 'files', { commandTimeoutMs: COMMAND_TIMEOUT_MS, observer });
        const { keyPrefix } = backend;
        return { documents: new RedisDocumentStore(redis, keyPrefix), blobs: new RedisBlobStore(redis, keyPrefix) };
      }
    }
  },
};

/** Where the folder cannot be written, the service runs without files and batches. */
async function openFolder(folder: string): Promise<Stores> {
  reportMessages((message) => new Logger('LMDB').warn(message));
  try {
    return { documents: LmdbDocumentStore.open(folder), blobs: await FolderBlobStore.open(join(folder, 'content')) };
  } catch (error) {
    new Logger('Batches').error(
      `Files and batches cannot be kept: the folder ${folder} under DATA_DIR cannot be used. ${String(error)}. ${FOLDER_ADVICE}`,
    );
    return { documents: new UnusableDocumentStore(error), blobs: new UnusableBlobStore(error) };
  }
}

export const storeProviders = [
  storesProvider,
  { provide: DOCUMENT_STORE, inject: [STORES], useFactory: ({ documents }: Stores) => documents },
  { provide: BLOB_STORE, inject: [STORES], useFactory: ({ blobs }: Stores) => blobs },
];
