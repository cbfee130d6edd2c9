import { resultsFromBytes, resultsToBytes } from '../chunk-results.js';
import type { ChunkRef, Job, JobItem } from '../job.js';
import { newJobId } from '../job-id.js';
import {
  UPLOAD_TTL_MS,
  type ChunkResults,
  type DueMessage,
  type Idempotency,
  type JobStore,
  type JobStoreOptions,
  type MessageOrder,
  type QueueShare,
} from './job-store.port.js';

const PLACE = { document: 3, chunk: 1, start: 10, end: 25 };
const TTL_MS = 3_600_000;
const CHUNK = 2;

interface JobOptions {
  readonly texts?: number;
  readonly owner?: string;
  readonly account?: string;
  readonly webhookUrl?: string;
  readonly inputType?: string;
  readonly truncate?: 'mean';
  readonly outputType?: 'int8';
  readonly ranges?: string;
  readonly idempotency?: Idempotency;
  readonly maxOpenJobs?: number;
  readonly share?: QueueShare;
}

const NO_SHARE: QueueShare = { jobs: 1000, texts: 1_000_000 };

/** The tests that every JobStore must pass; `open` gives an empty one. */
export function describeJobStore(name: string, open: (options: JobStoreOptions) => Promise<JobStore>): void {
  describe(`${name}, like every job store`, () => {
    let store: JobStore;
    let now: number;

    beforeEach(async () => {
      now = 1_800_000_000_000;
      store = await open({ now: () => now, ttlMs: TTL_MS });
    });

    afterEach(async () => {
      await store.close();
    });

    async function upload({ texts = 4, owner = 'me', account = owner }: JobOptions = {}): Promise<string> {
      const id = newJobId(now++);
      await store.create({ id, owner, account, kind: 'job' });
      for (let start = 0; start < texts; start += CHUNK) await store.addChunk(id, start, items(start, Math.min(CHUNK, texts - start)));
      return id;
    }

    async function submit(jobId: string, options: JobOptions = {}) {
      const { texts = 4, idempotency, maxOpenJobs = 100, share = NO_SHARE, webhookUrl, inputType, truncate, outputType, ranges } = options;
      const details = { webhookUrl, inputType, truncate, outputType, ranges };
      return await store.submit({ jobId, model: 'model', space: 'space', total: texts, idempotency, maxOpenJobs, share, ...details });
    }

    async function job(options: JobOptions = {}): Promise<Job> {
      const submitted = await submit(await upload(options), options);
      if (submitted.outcome !== 'accepted') throw new Error(submitted.outcome);
      return submitted.job;
    }

    async function doAll(id: string): Promise<void> {
      for (const chunk of await store.nextChunks(id, 100)) await store.complete(chunk, vectors(chunk));
    }

    it('shows nothing of an upload until it is submitted', async () => {
      const id = await upload();
      expect([await store.get(id), await store.list(page()), await store.openJobs(10)]).toEqual([undefined, [], []]);
      expect(await submit(id)).toMatchObject({
        outcome: 'accepted',
        job: {
          id,
          owner: 'me',
          account: 'me',
          kind: 'job',
          model: 'model',
          space: 'space',
          status: 'queued',
          total: 4,
          completed: 0,
          failed: 0,
          startedAt: undefined,
        },
      });
      expect(await store.get(id)).toMatchObject({ id, status: 'queued' });
    });

    it('removes an upload that is discarded, but not a job', async () => {
      const [gone, { id }] = [await upload(), await job()];
      await store.discard(gone);
      await store.discard(id);
      await expect(submit(gone)).rejects.toMatchObject({ code: 'unavailable' });
      await expect(store.addChunk(gone, 4, items(4, 1))).rejects.toMatchObject({ code: 'unavailable' });
      expect(await store.get(id)).toBeDefined();
    });

    it('gives out chunks in the order of the texts, with unchanged texts', async () => {
      const { id } = await job({ texts: 3 });
      expect(await store.nextChunks(id, 10)).toEqual([chunkOf(id, 0, 2), chunkOf(id, 2, 1)]);
      expect(await store.nextChunks(id, 1)).toEqual([chunkOf(id, 0, 2)]);
      expect(await store.begin(chunkOf(id, 0, 2))).toEqual({ items: items(0, 2), tries: 1 });
      expect(await store.begin(chunkOf(id, 2, 1))).toEqual({ items: items(2, 1), tries: 1 });
    });

    it('gives the input type of the job to the texts that have none of their own', async () => {
      const id = await upload({ texts: 2 });
      await store.addChunk(id, 2, [
        { text: 'own', inputType: 'document' },
        { id: 'c', text: 'none' },
      ]);
      await submit(id, { inputType: 'query' });
      expect((await store.begin(chunkOf(id, 0, 2)))?.items).toEqual(items(0, 2).map((item) => ({ ...item, inputType: 'query' })));
      expect((await store.begin(chunkOf(id, 2, 2)))?.items).toEqual([
        { text: 'own', inputType: 'document' },
        { id: 'c', text: 'none', inputType: 'query' },
      ]);
    });

    it('gives the truncation of the job to the texts that have none of their own', async () => {
      const id = await upload({ texts: 0 });
      await store.addChunk(id, 0, [
        { text: 'own', truncate: 'start' },
        { text: 'none', place: PLACE },
      ]);
      await submit(id, { texts: 2, truncate: 'mean' });
      expect((await store.begin(chunkOf(id, 0, 2)))?.items).toEqual([
        { text: 'own', truncate: 'start' },
        { text: 'none', truncate: 'mean', place: PLACE },
      ]);
    });

    it('keeps the type of the vectors and the ranges with the job', async () => {
      const typed = await job({ outputType: 'int8', ranges: 'AACAPw==' });
      expect(await store.get(typed.id)).toMatchObject({ outputType: 'int8', ranges: 'AACAPw==' });
      expect(await store.get((await job()).id)).toMatchObject({ outputType: 'float', ranges: undefined });
    });

    it('makes a job active at the first try, and counts the tries that are not taken back', async () => {
      const { id } = await job();
      const chunk = chunkOf(id, 0, 2);
      now += 5;
      await store.begin(chunk);
      expect(await store.get(id)).toMatchObject({ status: 'active', startedAt: now });
      await store.putBack(chunk);
      expect([(await store.begin(chunk))?.tries, (await store.begin(chunk))?.tries]).toEqual([1, 2]);
    });

    it('stores the results of a chunk once, also when two workers computed them', async () => {
      const { id } = await job();
      const chunk = chunkOf(id, 0, 2);
      expect([await store.complete(chunk, vectors(chunk)), await store.complete(chunk, vectors(chunk, 9))]).toEqual([true, false]);
      expect(await store.get(id)).toMatchObject({ completed: 2, failed: 0 });
      const stored = await store.resultsAt(id, 1);
      expect(stored?.start).toBe(0);
      expect(resultsFromBytes(stored?.bytes ?? new Uint8Array())).toEqual(resultsFromBytes(vectors(chunk).bytes));
      expect([await store.begin(chunk), await store.nextChunks(id, 10)]).toEqual([undefined, [chunkOf(id, 2, 2)]]);
    });

    it('completes the job with its last chunk', async () => {
      const { id } = await job();
      await store.complete(chunkOf(id, 2, 2), { ...vectors(chunkOf(id, 2, 2)), completed: 1, failed: 1 });
      expect(await store.get(id)).toMatchObject({ completed: 1, failed: 1, finishedAt: undefined });
      now += 7;
      await store.complete(chunkOf(id, 0, 2), vectors(chunkOf(id, 0, 2)));
      expect(await store.get(id)).toMatchObject({ status: 'completed', completed: 3, failed: 1, finishedAt: now });
    });

    it('finds the results that hold a text, and nothing if there are none', async () => {
      const { id } = await job({ texts: 5 });
      await store.complete(chunkOf(id, 2, 2), vectors(chunkOf(id, 2, 2)));
      expect(await store.resultsAt(id, 1)).toBeUndefined();
      expect([(await store.resultsAt(id, 2))?.start, (await store.resultsAt(id, 3))?.start]).toEqual([2, 2]);
      expect(await store.resultsAt(newJobId(now), 0)).toBeUndefined();
    });

    it('finds where the next results begin', async () => {
      const { id } = await job({ texts: 6 });
      for (const start of [0, 4]) await store.complete(chunkOf(id, start, 2), vectors(chunkOf(id, start, 2)));
      expect([await store.resultsFrom(id, 0), await store.resultsFrom(id, 2), await store.resultsFrom(id, 5)]).toEqual([0, 4, undefined]);
    });

    it('splits a chunk in two halves that are done instead of it', async () => {
      const id = newJobId(now);
      await store.create({ id, owner: 'me', account: 'me', kind: 'job' });
      await store.addChunk(id, 0, items(0, 5));
      await submit(id, { texts: 5 });
      await store.begin(chunkOf(id, 0, 5));
      await store.split(chunkOf(id, 0, 5), 2);
      await store.split(chunkOf(id, 0, 5), 2);

      expect(await store.nextChunks(id, 10)).toEqual([chunkOf(id, 0, 3), chunkOf(id, 3, 2)]);
      expect(await store.complete(chunkOf(id, 0, 5), vectors(chunkOf(id, 0, 5)))).toBe(false);
      expect(await store.begin(chunkOf(id, 0, 5))).toBeUndefined();
      expect(await store.begin(chunkOf(id, 3, 2))).toEqual({ items: items(3, 2), tries: 3 });
      await doAll(id);
      expect(await store.get(id)).toMatchObject({ status: 'completed', completed: 5 });
    });

    it('stops an open job, keeps its results and accepts no more', async () => {
      const { id } = await job();
      await store.complete(chunkOf(id, 0, 2), vectors(chunkOf(id, 0, 2)));
      now += 3;
      expect(await store.stop(id, 'cancelled')).toMatchObject({ id, status: 'cancelled', completed: 2, finishedAt: now });
      expect(await store.complete(chunkOf(id, 2, 2), vectors(chunkOf(id, 2, 2)))).toBe(false);
      expect([await store.nextChunks(id, 10), await store.begin(chunkOf(id, 2, 2))]).toEqual([[], undefined]);
      expect([await store.stop(id, 'cancelled'), await store.stop(newJobId(now), 'failed')]).toEqual([undefined, undefined]);
      expect(await store.resultsAt(id, 0)).toMatchObject({ start: 0 });
    });

    it('stores why a job failed', async () => {
      const { id } = await job();
      const error = { code: 'conflict_space', message: 'Another model.' };
      expect(await store.stop(id, 'failed', error)).toMatchObject({ status: 'failed', error });
    });

    it('gives the same job for the same key and request, and none for another request', async () => {
      const idempotency = { key: 'key', bodyHash: 'hash' };
      const first = await job({ idempotency });
      expect(await submit(await upload(), { idempotency })).toEqual({ outcome: 'repeated', job: first });
      expect(await submit(await upload(), { idempotency: { key: 'key', bodyHash: 'other' } })).toEqual({ outcome: 'mismatch' });
      expect(await submit(await upload({ owner: 'you' }), { idempotency })).toMatchObject({ outcome: 'accepted' });
      expect((await store.list(page())).map(({ id }) => id)).toEqual([first.id]);
    });

    it('makes one job for a key, even for simultaneous requests', async () => {
      const uploads = await Promise.all(Array.from({ length: 5 }, async () => await upload()));
      const outcomes = await Promise.all(uploads.map(async (id) => await submit(id, { idempotency: { key: 'key', bodyHash: 'hash' } })));
      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['accepted', ...Array.from({ length: 4 }, () => 'repeated')]);
    });

    it('accepts no more open jobs than allowed', async () => {
      await job({ maxOpenJobs: 2 });
      const { id } = await job({ maxOpenJobs: 2 });
      expect(await submit(await upload(), { maxOpenJobs: 2 })).toEqual({ outcome: 'full' });
      await store.stop(id, 'cancelled');
      expect(await submit(await upload(), { maxOpenJobs: 2 })).toMatchObject({ outcome: 'accepted' });
    });

    it('accepts no more jobs of an account than its share, but still those of others', async () => {
      const share = { jobs: 2, texts: 100 };
      const first = await job({ share });
      await job({ share, owner: '', account: 'me' });
      expect(await submit(await upload(), { share })).toEqual({ outcome: 'share-full', queued: { jobs: 2, texts: 8 } });
      expect(await submit(await upload({ owner: 'you' }), { share })).toMatchObject({ outcome: 'accepted' });
      await doAll(first.id);
      expect(await submit(await upload(), { share })).toMatchObject({ outcome: 'accepted' });
    });

    it('accepts no more texts of an account than its share, not counting finished ones', async () => {
      const share = { jobs: 100, texts: 10 };
      const { id } = await job({ texts: 6, share });
      expect(await submit(await upload({ texts: 6 }), { texts: 6, share })).toEqual({
        outcome: 'share-full',
        queued: { jobs: 1, texts: 6 },
      });
      await store.complete(chunkOf(id, 0, 2), vectors(chunkOf(id, 0, 2)));
      expect(await submit(await upload({ texts: 6 }), { texts: 6, share })).toMatchObject({ outcome: 'accepted' });
      await store.stop(id, 'cancelled');
      expect(await submit(await upload(), { share })).toMatchObject({ outcome: 'accepted' });
    });

    it('accepts exactly the share of an account, even of simultaneous jobs', async () => {
      const uploads = await Promise.all(Array.from({ length: 8 }, async () => await upload()));
      const outcomes = await Promise.all(uploads.map(async (id) => await submit(id, { share: { jobs: 3, texts: 100 } })));
      expect(outcomes.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(3);
    });

    it('counts what each account has queued, and leaves out accounts without jobs', async () => {
      const done = await job({ owner: 'you' });
      await doAll(done.id);
      const { id } = await job();
      await job();
      await job({ owner: '' });
      await store.complete(chunkOf(id, 0, 2), vectors(chunkOf(id, 0, 2)));
      const shares = [...(await store.shares())].sort((left, right) => left.account.localeCompare(right.account));
      expect(shares).toEqual([
        { account: '', jobs: 1, texts: 4 },
        { account: 'me', jobs: 2, texts: 6 },
      ]);
    });

    it('lists the jobs of an owner, the newest first, a page at a time', async () => {
      const mine = [await job(), await job(), await job()].map(({ id }) => id).reverse();
      await job({ owner: 'you' });
      const first = await store.list({ ...page(), limit: 2 });
      const second = await store.list({ ...page(), limit: 2, before: first.at(-1)?.id });
      expect([first, second].map((jobs) => jobs.map(({ id }) => id))).toEqual([mine.slice(0, 2), mine.slice(2)]);
    });

    it('lists the open jobs, the oldest first', async () => {
      const [first, second, third] = [await job(), await job(), await job()];
      await store.begin(chunkOf(second.id, 0, 2));
      await doAll(first.id);
      expect((await store.openJobs(10)).map(({ id }) => id)).toEqual([second.id, third.id]);
      expect((await store.openJobs(1)).map(({ id }) => id)).toEqual([second.id]);
    });

    it('lists the oldest open jobs of each account, even if others have many older ones', async () => {
      const mine = [await job(), await job(), await job()];
      const [yours] = [await job({ owner: 'you' }), await job({ owner: 'you', account: 'me' })];
      expect((await store.openJobs(2)).map(({ id }) => id)).toEqual([mine[0]?.id, mine[1]?.id, yours?.id]);
    });

    it('counts jobs by status and the texts to do, and knows since when the oldest job waits', async () => {
      const [first, second, third, fourth] = [await job(), await job(), await job(), await job()];
      await doAll(first.id);
      await store.begin(chunkOf(second.id, 0, 2));
      await store.complete(chunkOf(second.id, 0, 2), vectors(chunkOf(second.id, 0, 2)));
      await store.stop(fourth.id, 'failed');
      expect(await store.totals()).toEqual({
        jobs: { queued: 1, active: 1, completed: 1, failed: 1, cancelled: 0 },
        pendingTexts: 6,
        oldestQueuedAt: third.createdAt,
      });
    });

    it('removes a finished job and all its data when its time is over, not before', async () => {
      const idempotency = { key: 'key', bodyHash: 'hash' };
      const { id } = await job({ idempotency });
      await doAll(id);
      now += TTL_MS - 1000;
      await store.expire(10);
      expect(await store.get(id)).toBeDefined();
      now += 2000;
      await expireAll();
      expect([await store.get(id), await store.resultsAt(id, 0), await store.list(page())]).toEqual([undefined, undefined, []]);
      expect(await submit(await upload(), { idempotency: { key: 'key', bodyHash: 'other' } })).toMatchObject({ outcome: 'accepted' });
    });

    it('removes an upload that was abandoned', async () => {
      const [gone, alive] = [await upload(), await upload()];
      now += UPLOAD_TTL_MS - 1000;
      await store.addChunk(alive, 4, items(4, 1));
      now += 2000;
      await expireAll();
      await expect(submit(gone)).rejects.toMatchObject({ code: 'unavailable' });
      expect(await submit(alive, { texts: 5 })).toMatchObject({ outcome: 'accepted' });
    });

    it('fails a job that takes longer than jobs are kept', async () => {
      const { id } = await job();
      await store.begin(chunkOf(id, 0, 2));
      now += TTL_MS + 10;
      await expireAll();
      expect(await store.get(id)).toMatchObject({ status: 'failed', error: { code: 'expired' } });
      expect(await store.totals()).toMatchObject({ pendingTexts: 0 });
    });

    async function expireAll(): Promise<void> {
      while ((await store.expire(10)) > 0);
    }

    async function take(order: Partial<MessageOrder> = {}): Promise<readonly DueMessage[]> {
      return await store.takeMessages({ limit: 10, leaseMs: 1000, perAccount: 10, perDestination: 10, underway: [], ...order });
    }

    /** Ends a job that has a webhook. */
    async function ended(owner: string, webhookUrl = 'https://example.org/hook'): Promise<string> {
      const { id } = await job({ owner, webhookUrl });
      await store.stop(id, 'cancelled');
      return id;
    }

    it('has a message for the webhook of a finished job, until it is settled', async () => {
      const { id } = await job({ webhookUrl: 'https://example.org/hook' });
      await job();
      expect(await take()).toEqual([]);
      await doAll(id);
      expect(await take()).toMatchObject([{ job: { id, status: 'completed' }, tries: 0 }]);
      expect(await take()).toEqual([]);
      now += 1500; // the sender that took it never reported back
      expect(await take()).toMatchObject([{ job: { id }, tries: 1 }]);
      await store.settleMessage(id, 50);
      now += 60;
      expect(await take()).toMatchObject([{ tries: 2 }]);
      await store.settleMessage(id, undefined);
      now += 10_000;
      expect(await take()).toEqual([]);
    });

    it('has a message for a job that was stopped, too', async () => {
      const id = await ended('me');
      expect(await take()).toMatchObject([{ job: { id, status: 'cancelled' } }]);
    });

    it('gives a few messages of each account, and none of an account with enough underway', async () => {
      for (let message = 0; message < 5; message++) await ended('me');
      const yours = await ended('you');
      const first = await take({ perAccount: 2 });
      expect(first.map(({ job: { account } }) => account).sort((left, right) => left.localeCompare(right))).toEqual(['me', 'me', 'you']);
      await store.settleMessage(yours, undefined);
      const underway = [1, 2].map(() => ({ account: 'me', destination: 'https://elsewhere.example' }));
      expect(await take({ perAccount: 2, underway })).toEqual([]);
      expect(await take({ perAccount: 3, underway })).toHaveLength(1);
    });

    it('gives a few messages for each destination of an account, also from behind those of a full destination', async () => {
      for (let message = 0; message < 5; message++) await ended('me', `https://hung.example/hook${message}`);
      const elsewhere = await ended('me', 'https://other.example:8443/hook');
      const taken = await take({ perDestination: 2 });
      expect(taken.map(({ job: { webhookUrl = '' } }) => webhookUrl).sort((left, right) => left.localeCompare(right))).toEqual([
        'https://hung.example/hook0',
        'https://hung.example/hook1',
        'https://other.example:8443/hook',
      ]);
      expect(await take({ perDestination: 2, underway: [{ account: 'me', destination: 'https://hung.example' }] })).toHaveLength(1);
      await store.settleMessage(elsewhere, undefined);
    });

    it('gives no more messages than were asked for, the accounts with the fewest underway first', async () => {
      for (const owner of ['a', 'b', 'c']) await ended(owner);
      const underway = ['a', 'a', 'c'].map((account) => ({ account, destination: 'https://elsewhere.example' }));
      expect((await take({ limit: 2, underway })).map(({ job: { account } }) => account)).toEqual(['b', 'c']);
    });

    it('has no fault', async () => {
      expect(await store.findFault()).toBeUndefined();
    });
  });
}

function page() {
  return { owner: 'me', kind: 'job', before: undefined, limit: 10 };
}

function items(start: number, count: number): readonly JobItem[] {
  return Array.from({ length: count }, (_, index) =>
    (start + index) % 2 === 0 ? { text: `text ${start + index} ü "quoted"` } : { id: `id ${start + index}`, text: 'odd\ntext' },
  );
}

function chunkOf(jobId: string, start: number, count: number): ChunkRef {
  return { jobId, start, count };
}

function vectors({ start, count }: ChunkRef, first = 1): ChunkResults {
  const results = Array.from({ length: count }, (_, index) => ({
    vector: Float32Array.of(first, start + index),
    tokens: 3,
    inputTokens: 4,
  }));
  return { bytes: resultsToBytes(results), completed: count, failed: 0 };
}
