import { FakeEmbeddingProvider } from '../embedding/embedding-provider.fake.js';
import type { ItemResult } from './chunk-results.js';
import { HandDrivenJobs } from './hand-driven-jobs.fake.js';
import type { Job } from './job.js';
import { EmbeddedJobQueue } from './runner/embedded-job-queue.js';

const OWNER = 'me';
const TEXTS = 450; // in chunks of 100

let now: number;
let jobs: HandDrivenJobs;

beforeEach(() => {
  now = 1_800_000_000_000;
  jobs = new HandDrivenJobs(new FakeEmbeddingProvider(), () => now);
});

afterEach(async () => {
  await jobs.close();
});

async function submit(): Promise<Job> {
  const items = Array.from({ length: TEXTS }, (_, index) => ({ id: `id ${index}`, text: `text ${index}` }));
  return await jobs.service.submit({ owner: OWNER, kind: 'job', items });
}

async function resultsOf({ id }: Job, from = 0): Promise<readonly ItemResult[]> {
  const job = await jobs.service.get(id, OWNER);
  const results: ItemResult[] = [];
  for await (const part of jobs.service.results(job, from)) {
    expect(part.start).toBe(from + results.length);
    results.push(...part.results);
  }
  return results;
}

/** Of each run of results, how many there are and their error. */
function runsOf(results: readonly ItemResult[]): readonly [number, string | undefined][] {
  const runs: [number, string | undefined][] = [];
  for (const result of results) {
    const code = 'error' in result ? result.error.code : undefined;
    const last = runs.at(-1);
    if (last?.[1] === code && last !== undefined) last[0]++;
    else runs.push([1, code]);
  }
  return runs;
}

describe('results of a job', () => {
  it('end at the first gap while it runs', async () => {
    const job = await submit();
    await jobs.doChunk(job.id, 0);
    await jobs.doChunk(job.id, 1);
    expect(runsOf(await resultsOf(job))).toEqual([[100, undefined]]);
    expect(await resultsOf(job, 100)).toEqual([]);
  });

  it('include all texts after it was cancelled, with the error cancelled for texts that were not computed', async () => {
    const job = await submit();
    for (const chunk of [1, 2]) await jobs.doChunk(job.id, chunk); // texts 100 to 199, and 300 to 399
    await jobs.service.cancel(job.id, OWNER);

    const expected = [
      [100, 'cancelled'],
      [100, undefined],
      [100, 'cancelled'],
      [100, undefined],
      [50, 'cancelled'],
    ];
    const results = await resultsOf(job);
    expect(runsOf(results)).toEqual(expected);
    expect(results[100]).toMatchObject({ id: 'id 100', tokens: expect.any(Number) });
    expect(results[0]).toEqual({ error: { code: 'cancelled', message: expect.stringContaining('was cancelled before') }, isMissing: true });
    expect(runsOf(await resultsOf(job, 399))).toEqual([
      [1, undefined],
      [50, 'cancelled'],
    ]);
    expect(await resultsOf(job, TEXTS)).toEqual([]);
    expect(await jobs.service.columnsOf(await jobs.service.get(job.id, OWNER))).toBe(2);
  });

  it('have the type of the job, also if a worker of an older version stored float vectors', async () => {
    const items = [{ text: 'a' }, { text: 'b' }];
    const job = await jobs.service.submit({ owner: OWNER, kind: 'job', items, details: () => ({ outputType: 'ubinary' }) });
    const error = { code: 'inference_failed', message: 'no' };
    await jobs.endChunk(job.id, [{ vector: Float32Array.of(1, -1), tokens: 1, inputTokens: 1 }, { error }]);
    expect(await resultsOf(job)).toEqual([{ vector: Uint8Array.of(128), tokens: 1, inputTokens: 1 }, { error }]);
  });

  it('have the error of the whole job if it failed', async () => {
    const job = await submit();
    await jobs.doChunk(job.id);
    now += 86_400_001;
    await jobs.expire();
    expect(runsOf(await resultsOf(job))).toEqual([
      [100, undefined],
      [350, 'expired'],
    ]);
  });

  it('end with an error when the job is removed while they are read', async () => {
    const job = await submit();
    await jobs.doAll(job.id);
    const results = jobs.service.results(await jobs.service.get(job.id, OWNER), 0);
    await results.next();
    now += 86_400_001;
    await jobs.expire();
    await expect(results.next()).rejects.toMatchObject({ code: 'not_found' });
  });
});

it('answers about a job without a notice if the queue does not say who serves its model', async () => {
  class SilentQueue extends EmbeddedJobQueue {
    override async isServed(): Promise<boolean> {
      return await new Promise(() => undefined);
    }
  }
  const { service, store } = new HandDrivenJobs(new FakeEmbeddingProvider(), () => now, new SilentQueue());
  const job = await service.submit({ owner: OWNER, kind: 'job', items: [{ id: 'one', text: 'a text' }] });
  expect(await service.whyWaiting(job)).toBeUndefined();
  await store.close();
});
