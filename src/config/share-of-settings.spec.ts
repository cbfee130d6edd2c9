import type { LocalEmbeddingSettings } from './embedding-settings.js';
import { parseSettings } from './parse-settings.js';
import type { Settings } from './settings.js';
import { shareOfSettings } from './share-of-settings.js';

const MIB = 1024 * 1024;

function sharesOf(environment: Readonly<Record<string, string>>): readonly Settings[] {
  const settings = parseSettings(
    { REDIS_URL: 'redis://host', ...environment },
    { cores: 8, memoryBytes: 2 ** 33, isModelFolder: () => false, readFile: () => undefined },
  );
  return Array.from({ length: settings.server.processes }, (_, place) => shareOfSettings(settings, place));
}

function workersOf({ embedding }: Settings): number | undefined {
  return embedding.provider === 'local' ? embedding.workers : undefined;
}

describe('shareOfSettings', () => {
  it.each([
    { workers: '8', expected: [3, 3, 2] },
    { workers: '3', expected: [1, 1, 1] },
    { workers: '1', expected: [1, 1, 1] },
  ])('divides $workers inference processes among three', ({ workers, expected }) => {
    expect(sharesOf({ WEB_CONCURRENCY: '3', EMBEDDING_WORKERS: workers }).map(workersOf)).toEqual(expected);
  });

  it('divides the cores and the memory of the machine', () => {
    const shares = sharesOf({ WEB_CONCURRENCY: '3' }).map(({ embedding }) => embedding as LocalEmbeddingSettings);
    expect(shares.map(({ cores }) => cores)).toEqual([3, 3, 2]);
    for (const { workers, memoryBytes } of shares) expect([workers, memoryBytes]).toEqual([undefined, Math.floor(2 ** 33 / 3)]);
  });

  it('divides calls to OpenAI', () => {
    const shares = sharesOf({ WEB_CONCURRENCY: '3', EMBEDDING_PROVIDER: 'openai', OPENAI_API_KEY: 'a-key', OPENAI_CONCURRENCY: '8' });
    expect(shares.map(({ embedding }) => embedding.provider === 'openai' && embedding.concurrency)).toEqual([3, 3, 2]);
  });

  it('divides the memory of the cache', () => {
    const [whole] = sharesOf({});
    for (const { cache } of sharesOf({ WEB_CONCURRENCY: '4' })) expect(cache.memoryBytes * 4).toBe(whole?.cache.memoryBytes);
  });

  it('divides the queue, and leaves room for the largest request in each', () => {
    expect(sharesOf({ WEB_CONCURRENCY: '4', MAX_QUEUED_TEXTS: '10000' })[3]?.embedding.maxQueuedTexts).toBe(2500);
    expect(sharesOf({ WEB_CONCURRENCY: '4' })[3]?.embedding.maxQueuedTexts).toBe(2048);
    expect(sharesOf({ WEB_CONCURRENCY: '4', MAX_QUEUED_TEXTS: '200' })[3]?.embedding.maxQueuedTexts).toBe(200);
  });

  it('divides the memory for bodies, and leaves room for the largest body in each', () => {
    const bodiesOf = (environment: Readonly<Record<string, string>>) =>
      sharesOf({ WEB_CONCURRENCY: '4', MAX_BODY_MB: '16', ...environment })[3]?.server.bodies;
    expect(bodiesOf({ MAX_BODIES_MB: '256' })).toMatchObject({ maxBytes: 64 * MIB, maxBytesPerCaller: 32 * MIB });
    expect(bodiesOf({ MAX_BODIES_MB: '32' })).toMatchObject({ maxBytes: 16 * MIB, maxBytesPerCaller: 16 * MIB });
  });

  it('lets one process count the texts that wait in the queue', () => {
    const shares = sharesOf({ WEB_CONCURRENCY: '3' });
    expect(shares.map(({ queue }) => queue.countsWaiting)).toEqual([true, false, false]);
  });
});
