import { join } from 'node:path';
import { temporaryFolder } from '../../../test/support/temporary-folder.js';
import { FakeEmbeddingProvider } from '../../embedding/embedding-provider.fake.js';
import { ServiceError } from '../../errors/index.js';
import { offlineEmbeddingsOf } from '../../openai-api/offline-embeddings.fake.js';
import { HandDrivenJobs } from '../../queue/hand-driven-jobs.fake.js';
import { SignedWebhooks } from '../../queue/index.js';
import { FilesService } from '../files/files.service.js';
import { FolderBlobStore } from '../store/folder-blob-store.js';
import { LmdbDocumentStore } from '../store/lmdb-document-store.js';
import { BatchFiles } from './batch-files.js';
import type { BatchRecord } from './batch-record.js';
import { BatchRunner } from './batch-runner.js';
import { BatchWebhooks } from './batch-webhooks.js';
import { BATCH_JOBS, BatchesService } from './batches.service.js';

const OWNER = 'me';
const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;
const signal = new AbortController().signal;

let now: number;
let jobs: HandDrivenJobs;
let documents: LmdbDocumentStore;
let blobs: FolderBlobStore;
let files: FilesService;
let batches: BatchesService;
let runner: BatchRunner;

beforeEach(async () => {
  now = 1_800_000_000_000;
  const provider = new FakeEmbeddingProvider();
  const clock = (): number => now;
  const folder = temporaryFolder();
  jobs = new HandDrivenJobs(provider, clock);
  documents = LmdbDocumentStore.open(folder);
  blobs = await FolderBlobStore.open(join(folder, 'content'));
  const settings = { folder, maxFileBytes: MIB, maxTotalBytes: 500 * MIB, webhookUrl: undefined };
  files = new FilesService(documents, blobs, settings, clock);
  batches = new BatchesService(documents, jobs.settings, files, jobs.service, jobs.shares, clock);
  const webhooks = new BatchWebhooks(documents, settings, batches, new SignedWebhooks(jobs.settings));
  runner = new BatchRunner(
    batches,
    new BatchFiles(files, jobs.service, offlineEmbeddingsOf(provider)),
    jobs.service,
    webhooks,
    jobs.usage,
    clock,
  );
});

afterEach(async () => {
  await jobs.close();
  await documents.close();
});

function request(id: string, input: string | readonly string[]): string {
  return JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/embeddings', body: { model: 'fake-model', input } });
}

/** 150 requests: more than one chunk of the job. */
const requests = Array.from({ length: 150 }, (_, index) => request(`r${index}`, `t${index}`));

async function batchOf(lines: readonly string[], ttlSeconds = 30 * 86_400): Promise<string> {
  const id = files.newId();
  const bytes = await blobs.write(id, inLines(lines));
  await files.add({ id, owner: OWNER, filename: 'x', purpose: 'batch', bytes, ttlSeconds });
  return (await batches.create({ owner: OWNER, inputFileId: id, metadata: null, outputTtlSeconds: 3600 })).id;
}

async function* inLines(lines: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const line of lines) yield await Promise.resolve(Buffer.from(`${line}\n`));
}

const read = async (id: string): Promise<BatchRecord> => await batches.get(id, OWNER);
const jobOf = async (id: string): Promise<string> => (await read(id)).jobId ?? '';

async function round(times = 1): Promise<void> {
  for (let time = 0; time < times; time++) await runner.round(signal);
}

interface Line {
  readonly custom_id: string;
  readonly response: { readonly status_code: number } | null;
  readonly error: { readonly code: string } | null;
}

async function linesOf(fileId: string | undefined): Promise<readonly Line[]> {
  const file = await files.get(fileId ?? '', OWNER);
  const parts: Buffer[] = [];
  for await (const part of files.content(file)) parts.push(part);
  const lines = Buffer.concat(parts).toString().trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Line);
}

describe('BatchRunner', () => {
  it('expires a batch after 24 h, with the finished answers and an error for each other request', async () => {
    const id = await batchOf([...requests, request('refused', '')]);
    await round();
    await jobs.doChunk(await jobOf(id), 1); // the last 50 texts
    now += DAY_MS - 1000;
    await round();
    expect(await read(id)).toMatchObject({ status: 'in_progress' });
    now += 1000;
    await round(2);

    const batch = await read(id);
    expect(batch).toMatchObject({ status: 'expired', counts: { total: 151, completed: 50, failed: 101 }, endedAt: now / 1000 });
    expect((await linesOf(batch.outputFileId)).map(({ custom_id }) => custom_id)).toEqual(
      Array.from({ length: 50 }, (_, index) => `r${index + 100}`),
    );
    const errors = await linesOf(batch.errorFileId);
    expect(errors[0]).toMatchObject({ custom_id: 'r0', response: null, error: { code: 'batch_expired' } });
    expect(errors.at(-1)).toMatchObject({ custom_id: 'refused', response: { status_code: 400 }, error: null });
    expect((await jobs.service.get(batch.jobId ?? '', BATCH_JOBS.owner)).status).toBe('cancelled');
  });

  it('expires a batch that was not begun within 24 h, e.g. because the service was down', async () => {
    const id = await batchOf([request('a', 'b')]);
    now += DAY_MS;
    await round(2);
    const batch = await read(id);
    expect(batch).toMatchObject({ status: 'expired', counts: { total: 1, completed: 0, failed: 1 }, hasOutput: false });
    expect(await linesOf(batch.errorFileId)).toMatchObject([{ custom_id: 'a', error: { code: 'batch_expired' } }]);
  });

  it('expires a batch whose job took longer than jobs may', async () => {
    const id = await batchOf(requests);
    await round();
    now += DAY_MS - 1000;
    await jobs.store.stop(await jobOf(id), 'failed', { code: 'expired', message: 'Too long.' });
    await round(2);
    expect(await read(id)).toMatchObject({ status: 'expired', counts: { failed: 150 } });
  });

  it('completes a batch whose job completed in time, even if it is looked at late', async () => {
    const id = await batchOf(requests);
    await round();
    await jobs.doAll(await jobOf(id));
    now += DAY_MS;
    await round(2);
    expect(await read(id)).toMatchObject({ status: 'completed', counts: { completed: 150, failed: 0 } });
  });

  it('answers a request only when all of its inputs were computed', async () => {
    const many = Array.from({ length: 120 }, (_, index) => `m${index}`);
    const id = await batchOf([request('first', many), request('second', 'b')]);
    await round();
    await jobs.doChunk(await jobOf(id), 1); // the last 21 texts
    await batches.cancel(id, OWNER);
    await round(2);
    const batch = await read(id);
    expect(batch).toMatchObject({ status: 'cancelled', counts: { total: 2, completed: 1, failed: 1 } });
    expect(await linesOf(batch.outputFileId)).toMatchObject([{ custom_id: 'second' }]);
    expect(await linesOf(batch.errorFileId)).toMatchObject([{ custom_id: 'first', error: { code: 'batch_cancelled' } }]);
  });

  it('reads an input file until the batch ends, even if the file expires before', async () => {
    const id = await batchOf(requests, 3600);
    await round();
    now += 3600_000;
    await files.expire(async (file) => await batches.usesFile(file));
    await jobs.doAll(await jobOf(id));
    await round(2);
    const { status, inputFileId } = await read(id);
    await files.expire(async (file) => await batches.usesFile(file));
    expect([status, await files.findKept(inputFileId, OWNER)]).toEqual(['completed', undefined]);
  });

  it('removes the files of a batch when they expire', async () => {
    const id = await batchOf([request('a', 'b')]);
    await round();
    await jobs.doAll(await jobOf(id));
    await round(2);
    const { outputFileId = '' } = await read(id);
    expect(await files.get(outputFileId, OWNER)).toMatchObject({ purpose: 'batch_output', expires_at: now / 1000 + 3600 });
    now += 3600_000;
    await files.expire(async (file) => await batches.usesFile(file));
    expect(await files.findKept(outputFileId, OWNER)).toBeUndefined();
  });

  it('fails a batch whose file is larger than OpenAI allows, before it reads the file', async () => {
    const file = files.newId();
    await files.add({ id: file, owner: OWNER, filename: 'x', purpose: 'batch', bytes: 200 * MIB + 1, ttlSeconds: 3600 });
    const { id } = await batches.create({ owner: OWNER, inputFileId: file, metadata: null, outputTtlSeconds: 3600 });
    await round();
    expect(await read(id)).toMatchObject({
      status: 'failed',
      faults: [
        { code: 'input_file_too_large', message: expect.stringContaining('larger than the 209715200 bytes'), line: null, param: null },
      ],
    });
  });

  it.each([
    ['requests', 'too_many_tasks', Array.from({ length: 50_001 }, (_, index) => request(`r${index}`, ''))],
    ['inputs', 'too_many_inputs', Array.from({ length: 25 }, (_, index) => request(`r${index}`, new Array<string>(2001).fill('t')))],
  ])(
    'fails a batch with more than 50,000 %s, and leaves no job',
    async (_, code, lines) => {
      const id = await batchOf(lines);
      await round();
      expect(await read(id)).toMatchObject({ status: 'failed', faults: [{ code, message: expect.stringContaining('50000') }] });
      expect(await jobs.store.totals()).toMatchObject({ pendingTexts: 0, jobs: { queued: 0 } });
    },
    60_000,
  );

  it('waits with the files of a batch while there is no room, shows no incomplete file, and continues when there is room', async () => {
    const [id, otherId] = [await batchOf(requests), await batchOf([request('a', 'b')])];
    await round();
    await jobs.doAll(await jobOf(id));
    await jobs.doAll(await jobOf(otherId));
    await round();
    let writes = 0;
    const full = jest.spyOn(blobs, 'write').mockImplementation(async () => {
      writes++;
      return await Promise.reject(new ServiceError('insufficient_storage', 'There is no room.'));
    });
    await round(5);
    expect(writes).toBe(2); // one try of each batch
    expect(await read(id)).toMatchObject({ status: 'finalizing', counts: { total: 150, completed: 150 } });
    expect(await files.list({ owner: OWNER, after: undefined, limit: 10, order: 'ascending', purpose: 'batch_output' })).toEqual([]);

    full.mockRestore();
    now += 30_000;
    await round();
    expect([await read(id), await read(otherId)]).toMatchObject([
      { status: 'completed', counts: { completed: 150 } },
      { status: 'completed', counts: { completed: 1 } },
    ]);
  });

  it('tries a failing batch again, but not in every round', async () => {
    const id = await batchOf(requests);
    const failing = jest.spyOn(jobs.service, 'submit').mockRejectedValue(new ServiceError('overloaded', 'Full.'));
    await round(5);
    expect(failing).toHaveBeenCalledTimes(1);
    failing.mockRestore();
    now += 5000;
    await round();
    expect(await read(id)).toMatchObject({ status: 'in_progress' });
  });

  it('removes a batch that could not be created, and keeps one that is being created', async () => {
    const put = jest.spyOn(documents, 'put').mockImplementation(async (kind, key, value, version) => {
      if (kind === 'batch') throw new ServiceError('insufficient_storage', 'There is no room.');
      return await LmdbDocumentStore.prototype.put.call(documents, kind, key, value, version);
    });
    await expect(batchOf(requests)).rejects.toMatchObject({ code: 'insufficient_storage' });
    put.mockRestore();
    const open = async (): Promise<number> => (await documents.list({ kind: 'batch-open', order: 'ascending', limit: 10 })).length;
    await batches.expire();
    expect(await open()).toBe(1);
    now += 600_001;
    const made = await batchOf(requests);
    await batches.expire();
    expect([await open(), (await read(made)).status]).toEqual([1, 'validating']);
  });

  it('gives a refused text the error of POST /v1/embeddings, and names the input that is too long', async () => {
    const id = await batchOf([
      request('refused', 'x'),
      JSON.stringify({
        custom_id: 'long',
        method: 'POST',
        url: '/v1/embeddings',
        body: { model: 'fake-model', input: ['y'], truncate: 'error' },
      }),
    ]);
    await round();
    const error = { code: 'text_refused', message: 'The provider of embeddings refuses the text: no.' };
    const cut = { vector: Float32Array.of(1, 0), tokens: 8, inputTokens: 9 };
    await jobs.endChunk(await jobOf(id), [{ error }, cut]);
    await round(2);
    const { errorFileId } = await read(id);
    expect(await linesOf(errorFileId)).toMatchObject([
      { custom_id: 'refused', response: { status_code: 400, body: { error: { code: 'invalid_request', message: error.message } } } },
      { custom_id: 'long', response: { status_code: 400, body: { error: { param: 'input[0]', code: 'context_length_exceeded' } } } },
    ]);
  });
});
