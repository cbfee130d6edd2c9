import { embed, embedBatch } from './support/embed.js';
import { readStats } from './support/read-stats.js';
import { type StartedService, startService } from './support/start-service.js';

jest.setTimeout(60_000);

let service: StartedService;

beforeAll(async () => {
  service = await startService();
});

describe('an answer', () => {
  it('to one text has every field of the contract', async () => {
    const { status, headers, body } = await embed(service.url, 'Hello, world!');

    expect(status).toBe(200);
    expect(body).toEqual({ embedding: expect.any(Array), cached: false, model: 'all-MiniLM-L6-v2', tokens: 6, truncated: false });
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('x-embedding-space')).toMatch(/^[\da-f]{16}$/);
    for (const stage of ['tokenize', 'queue', 'inference', 'cache', 'serialize']) {
      expect(headers.get('server-timing')).toMatch(new RegExp(`(?:^|, )${stage};dur=\\d+\\.\\d+`));
    }
  });

  it('to a batch has every field of the contract', async () => {
    const { status, body } = await embedBatch(service.url, ['Hello, world!', 'word '.repeat(400)]);

    expect(status).toBe(200);
    expect(body).toEqual({
      embeddings: [expect.any(Array), expect.any(Array)],
      count: 2,
      cached_count: expect.any(Number),
      model: 'all-MiniLM-L6-v2',
      tokens: 6 + 256,
      truncated: [false, true],
    });
  });
});

describe('the embedding space', () => {
  it('differs if a setting changes the vectors', async () => {
    const { url } = await startService({ EMBEDDING_MAX_TOKENS: '128' });
    expect((await readStats(url)).space).not.toBe((await readStats(service.url)).space);
  });
});

describe('/stats', () => {
  it('names the model and counts the texts that it has computed', async () => {
    const before = await readStats(service.url);
    await embedBatch(service.url, ['stats one', 'stats two', 'stats two']);
    const after = await readStats(service.url);

    expect(after).toMatchObject({ model: 'all-MiniLM-L6-v2', embedding_dim: 384, provider: 'local' });
    expect(after.queue).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0, completed: before.queue.completed + 2 });
    expect(after.cache.memory_bytes).toBeGreaterThanOrEqual(before.cache.memory_bytes + 2 * 384 * 4);
  });
});
