import { embedBatch } from './support/embed.js';
import { getJson } from './support/get-json.js';
import { type JobBody, jobTexts, readJob, readResults, submitJob, submitNdjson, untilDone } from './support/jobs.js';
import { readMetric } from './support/read-metric.js';
import { readStats } from './support/read-stats.js';
import { type StartedRedis, startRedis } from './support/start-redis.js';
import { type StartedService, startService } from './support/start-service.js';
import { vectorBits } from './support/vector-bits.js';

let redis: StartedRedis;

beforeAll(async () => {
  redis = await startRedis();
});

afterAll(async () => {
  await redis.stop();
});

describe.each([{ where: 'embedded' }, { where: 'in Redis' }])('jobs $where', ({ where }) => {
  let service: StartedService;

  beforeAll(async () => {
    service = await startService({
      RATE_LIMIT_REQUESTS: '0',
      ...(where === 'embedded' ? {} : { QUEUE_REDIS_URL: redis.url }),
    });
  });

  afterAll(async () => {
    await service.stop();
  });

  async function completed(texts: readonly string[]): Promise<JobBody> {
    const { body } = await submitJob(service.url, texts);
    return await untilDone(service.url, body.id);
  }

  it('answer 202 with the path of the job, and compute every text once, in order, as /embed does', async () => {
    const texts = jobTexts(350, where);
    const { status, headers, body } = await submitJob(service.url, texts);
    expect([status, headers.get('location')]).toEqual([202, `/jobs/${body.id}`]);
    expect(body).toMatchObject({ status: 'queued', progress: { total: 350, completed: 0, failed: 0 }, started_at: null, error: null });

    expect(await untilDone(service.url, body.id)).toMatchObject({
      status: 'completed',
      progress: { total: 350, completed: 350, failed: 0 },
    });
    const results = await readResults(service.url, body.id);
    const { body: direct } = await embedBatch(service.url, texts.slice(200, 300));
    expect(results.map(({ index }) => index)).toEqual(texts.map((_, index) => index));
    expect(results.slice(200, 300).map(({ embedding = [] }) => vectorBits(embedding))).toEqual(direct.embeddings.map(vectorBits));
    expect(direct.cached_count).toBe(100);
  });

  it('stream NDJSON in, and return its ids', async () => {
    const lines = [{ id: 'a', text: 'one text' }, { text: 'two texts' }, { id: 'c', text: 'one text' }];
    const { status, body } = await submitNdjson(service.url, `${lines.map((line) => JSON.stringify(line)).join('\n\n')}\r\n`);
    expect(status).toBe(202);
    await untilDone(service.url, body.id);
    const results = await readResults(service.url, body.id);
    expect(results.map(({ index, id, tokens, truncated }) => ({ index, id, tokens, truncated }))).toEqual([
      { index: 0, id: 'a', tokens: 4, truncated: false },
      { index: 1, id: undefined, tokens: 4, truncated: false },
      { index: 2, id: 'c', tokens: 4, truncated: false },
    ]);
    expect(results[2]?.embedding).toEqual(results[0]?.embedding);
  });

  it('return results as a NumPy array, as JSON, and after a given index', async () => {
    const { id } = await completed(jobTexts(5, `${where} formats`));
    const lines = await readResults(service.url, id);
    const npy = Buffer.from(await (await fetch(`${service.url}/jobs/${id}/results?format=npy`)).arrayBuffer());
    const headerEnd = 10 + npy.readUInt16LE(8);
    expect(npy.subarray(0, 8).toString('latin1')).toBe('\x93NUMPY\x01\x00');
    expect(npy.subarray(10, headerEnd).toString()).toContain("{'descr': '<f4', 'fortran_order': False, 'shape': (5, 384), }");
    expect([headerEnd % 64, npy.length]).toEqual([0, headerEnd + 5 * 384 * 4]);
    expect(npy.readFloatLE(headerEnd + 384 * 4)).toBe(Math.fround(lines[1]?.embedding?.[0] ?? NaN));
    expect((await getJson(`${service.url}/jobs/${id}/results?format=json`)).body).toEqual({ id, status: 'completed', results: lines });
    expect(await readResults(service.url, id, '?after=2')).toEqual(lines.slice(3));
    expect(await readResults(service.url, id, '?after=4')).toEqual([]);
  });

  it('report progress as server-sent events until the end, each state once', async () => {
    const { body } = await submitJob(service.url, jobTexts(250, `${where} events`));
    const text = await (await fetch(`${service.url}/jobs/${body.id}/events`)).text();
    const events = [...text.matchAll(/^event: (\w+)\nid: (\S+)\ndata: (.*)\n\n/gm)].map(([, name, id, data = '']) => ({
      name,
      id,
      job: JSON.parse(data) as JobBody,
    }));
    expect(events.at(-1)).toMatchObject({
      name: 'completed',
      id: 'completed-250',
      job: { status: 'completed', progress: { completed: 250 } },
    });
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(new Set(events.slice(0, -1).map(({ name }) => name))).toEqual(new Set(events.length > 1 ? ['progress'] : []));
  });

  it('are one job for two simultaneous requests with one Idempotency-Key, and 422 for another request', async () => {
    const key = { 'idempotency-key': `key ${where}`.replaceAll(' ', '-') };
    const texts = jobTexts(150, `${where} twice`);
    const [first, second] = await Promise.all([submitJob(service.url, texts, key), submitJob(service.url, texts, key)]);
    const mismatch = await submitJob(service.url, [...texts, 'one more'], key);
    expect([first.status, second.status, first.body.id]).toEqual([202, 202, second.body.id]);
    expect([mismatch.status, mismatch.body]).toEqual([422, expect.objectContaining({ code: 'idempotency_mismatch' })]);
    await untilDone(service.url, first.body.id);
  });

  it('are cancelled while they run: finished results stay, and no more texts are computed', async () => {
    const { body } = await submitJob(service.url, jobTexts(2000, `${where} cancelled`));
    await untilDone(service.url, body.id, 1);
    const cancelled = (await (await fetch(`${service.url}/jobs/${body.id}`, { method: 'DELETE' })).json()) as JobBody;
    const again = await fetch(`${service.url}/jobs/${body.id}`, { method: 'DELETE' });
    expect(cancelled).toMatchObject({ id: body.id, status: 'cancelled' });
    expect(cancelled.progress.completed).toBeLessThan(2000);
    expect([again.status, (await readStats(service.url)).queue.waiting]).toEqual([200, expect.any(Number)]);

    const { id } = await completed(['after it']);
    expect((await readJob(service.url, body.id)).progress).toEqual(cancelled.progress);
    const results = await readResults(service.url, body.id);
    const missing = results.filter(({ error }) => error?.code === 'cancelled');
    expect([results.length, results.length - missing.length]).toEqual([2000, cancelled.progress.completed]);
    expect(results.map(({ index }) => index)).toEqual(results.map((_, at) => at));
    const npy = await (await fetch(`${service.url}/jobs/${body.id}/results?format=npy&after=1998`)).arrayBuffer();
    expect(new Float32Array(npy.slice(-4))[0]).toEqual(missing.at(-1)?.index === 1999 ? NaN : expect.any(Number));
    expect((await fetch(`${service.url}/jobs/${id}`, { method: 'DELETE' })).status).toBe(409);
    expect(await readMetric(service.url, 'embedding_job_pending_texts')).toBe(0);
  });

  it('are listed by page, the newest first', async () => {
    const ids = [(await completed(['a'])).id, (await completed(['b'])).id];
    const first = (await getJson<{ data: JobBody[]; next_after: string }>(`${service.url}/jobs?limit=1`)).body;
    const second = (await getJson<{ data: JobBody[] }>(`${service.url}/jobs?limit=1&after=${first.next_after}`)).body;
    expect([first.data[0]?.id, second.data[0]?.id]).toEqual([ids[1], ids[0]]);
  });

  it('refuse NDJSON with an empty text, and keep nothing of it', async () => {
    const { status, body } = await submitNdjson(service.url, '{"text":"a"}\n\n{"text":""}');
    expect([status, body]).toEqual([400, expect.objectContaining({ code: 'invalid_request', message: 'line 3: text must not be empty' })]);
    expect(await readMetric(service.url, 'embedding_job_pending_texts')).toBe(0);
  });
});
