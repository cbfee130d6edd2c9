import { join } from 'node:path';
import { readdirSync } from 'node:fs';
import { temporaryFolder } from '../../../test/support/temporary-folder.js';
import { FolderBlobStore } from '../store/folder-blob-store.js';
import { LmdbDocumentStore } from '../store/lmdb-document-store.js';
import type { FileRecord } from './file-record.js';
import { FilesService } from './files.service.js';

const OWNER = 'me';
const HOUR = 3600;
const NOBODY_READS = (): Promise<boolean> => Promise.resolve(false);

let now: number;
let folder: string;
let documents: LmdbDocumentStore;
let files: FilesService;

beforeEach(async () => {
  now = 1_800_000_000_000;
  folder = temporaryFolder();
  documents = LmdbDocumentStore.open(folder);
  files = await filesOf(100);
});

afterEach(async () => {
  await documents.close();
});

async function filesOf(maxTotalBytes: number): Promise<FilesService> {
  const settings = { folder, maxFileBytes: 1000, maxTotalBytes, webhookUrl: undefined };
  return new FilesService(documents, await FolderBlobStore.open(join(folder, 'content')), settings, () => now);
}

async function store(content: string, ttlSeconds = HOUR): Promise<FileRecord> {
  const id = files.newId();
  const bytes = await files.write(id, inChunks(content));
  return await files.add({ id, owner: OWNER, filename: 'x', purpose: 'batch', bytes, ttlSeconds });
}

async function* inChunks(content: string): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < content.length; from += 10) yield await Promise.resolve(Buffer.from(content.slice(from, from + 10)));
}

const onDisk = (): readonly string[] => readdirSync(join(folder, 'content'));

describe('FilesService', () => {
  it('keeps a file until it expires, and then removes all of it', async () => {
    const [first, second] = [await store('one'), await store('two', 2 * HOUR)];
    now += HOUR * 1000 - 1;
    await files.expire(NOBODY_READS);
    expect(await files.get(first.id, OWNER)).toEqual(first);
    now += 1;
    await expect(files.get(first.id, OWNER)).rejects.toMatchObject({ code: 'not_found' });
    expect(await files.list({ owner: OWNER, after: undefined, limit: 10, order: 'ascending', purpose: undefined })).toEqual([second]);
    await files.expire(NOBODY_READS);
    expect([onDisk(), await files.findKept(first.id, OWNER)]).toEqual([[second.id], undefined]);
  });

  it('lists the files of an owner without reading those of others, and reads its own in slices', async () => {
    const add = async (owner: string): Promise<FileRecord> =>
      await files.add({ id: files.newId(), owner, filename: 'x', purpose: 'batch', bytes: 0, ttlSeconds: HOUR });
    const mine = await add(OWNER);
    for (let index = 0; index < 500; index++) await add('other');
    const read: number[] = [];
    jest.spyOn(documents, 'list').mockImplementation(async (asked) => {
      const found = await LmdbDocumentStore.prototype.list.call(documents, asked);
      read.push(found.length);
      return found;
    });
    const page = { after: undefined, limit: 10_000, order: 'ascending', purpose: undefined } as const;
    expect(await files.list({ ...page, owner: OWNER, limit: 1 })).toEqual([mine]);
    expect(read.splice(0)).toEqual([1]);
    expect(await files.list({ ...page, owner: 'other' })).toHaveLength(500);
    expect(read).toEqual([200, 200, 100]);
  });

  it('keeps an expired file for the batch that reads it, and shows it to no caller', async () => {
    const { id } = await store('one');
    now += HOUR * 1000;
    await files.expire((read) => Promise.resolve(read === id));
    expect([await files.find(id, OWNER), (await files.findKept(id, OWNER))?.id]).toEqual([undefined, id]);
    await files.expire(NOBODY_READS);
    expect(onDisk()).toEqual([]);
  });

  it('refuses a file that exceeds the limit of all files together, and stores nothing of it', async () => {
    await store('x'.repeat(60));
    await expect(store('x'.repeat(50))).rejects.toMatchObject({
      code: 'insufficient_storage',
      message: expect.stringContaining('FILES_TOTAL_MB'),
    });
    expect(onDisk()).toHaveLength(1);
    await store('x'.repeat(40));
    await expect(store('x')).rejects.toMatchObject({ code: 'insufficient_storage' });
  });

  it('has room again after files were removed, discarded or have expired', async () => {
    const whole = 'x'.repeat(100);
    await files.remove(await store(whole));
    const discarded = files.newId();
    await files.write(discarded, inChunks(whole));
    await expect(store('x')).rejects.toMatchObject({ code: 'insufficient_storage' });
    await files.discard(discarded);
    await store(whole);
    now += HOUR * 1000;
    await files.expire(NOBODY_READS);
    expect(await store(whole)).toMatchObject({ bytes: 100 });
  });

  it('counts two simultaneous uploads together', async () => {
    const outcomes = await Promise.allSettled([store('x'.repeat(60)), store('x'.repeat(60))]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
    expect(onDisk().length).toBeLessThanOrEqual(1);
  });

  it('counts files of other processes after it has measured', async () => {
    await store('x'.repeat(100));
    files = await filesOf(100);
    await files.measure();
    await expect(store('x')).rejects.toMatchObject({ code: 'insufficient_storage' });
  });
});
