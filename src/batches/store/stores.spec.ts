import { Redis } from 'ioredis';
import { startRedis, type StartedRedis } from '../../../test/support/start-redis.js';
import { temporaryFolder } from '../../../test/support/temporary-folder.js';
import { describeBlobStore } from './blob-store.contract.js';
import { describeDocumentStore } from './document-store.contract.js';
import { FolderBlobStore } from './folder-blob-store.js';
import { LmdbDocumentStore } from './lmdb-document-store.js';
import { RedisBlobStore } from './redis-blob-store.js';
import { RedisDocumentStore } from './redis-document-store.js';

let server: StartedRedis;
let admin: Redis;

beforeAll(async () => {
  server = await startRedis();
  admin = new Redis(server.url);
});

beforeEach(async () => {
  await admin.flushall();
});

afterAll(async () => {
  admin.disconnect();
  await server.stop();
});

describeDocumentStore('LmdbDocumentStore', () => Promise.resolve(LmdbDocumentStore.open(temporaryFolder())));
describeDocumentStore('RedisDocumentStore', () => Promise.resolve(new RedisDocumentStore(new Redis(server.url))));
describeBlobStore('FolderBlobStore', async () => await FolderBlobStore.open(temporaryFolder()));
describeBlobStore('RedisBlobStore', () => Promise.resolve(new RedisBlobStore(admin)));
