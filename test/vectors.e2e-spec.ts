import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { embed, embedBatch } from './support/embed.js';
import { longTexts } from './support/long-texts.js';
import { randomNumbers } from './support/random-numbers.js';
import { type StartedService, startService } from './support/start-service.js';
import { vectorBits } from './support/vector-bits.js';

jest.setTimeout(120_000);

interface Reference {
  readonly text: string;
  readonly tokens: number;
  readonly tokens_untruncated: number;
  readonly embedding: readonly number[];
}

const REFERENCES = readFileSync(join(import.meta.dirname, 'fixtures/all-MiniLM-L6-v2.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Reference);

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? Number.NaN), 0);
}

function cosine(left: readonly number[], right: readonly number[]): number {
  return dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right));
}

describe('the vectors of the bundled model', () => {
  let service: StartedService;

  beforeAll(async () => {
    service = await startService({ EMBEDDING_WORKERS: '1', RATE_LIMIT_REQUESTS: '0' });
  });

  it('equal those of the reference, each and on average', async () => {
    const { body } = await embedBatch(
      service.url,
      REFERENCES.map(({ text }) => text),
    );
    const cosines = REFERENCES.map(({ embedding }, index) => cosine(embedding, body.embeddings[index] ?? []));

    expect(cosines).toHaveLength(30);
    expect(Math.min(...cosines)).toBeGreaterThanOrEqual(0.988);
    expect(cosines.reduce((sum, each) => sum + each, 0) / cosines.length).toBeGreaterThanOrEqual(0.996);
  });

  it('come with the token counts of the reference, and report cuts', async () => {
    for (const { text, tokens, tokens_untruncated: untruncated } of REFERENCES) {
      const { body } = await embed(service.url, text);
      expect({ text, ...body }).toMatchObject({ text, tokens, truncated: untruncated > tokens, model: 'all-MiniLM-L6-v2' });
    }
    const { body } = await embedBatch(
      service.url,
      REFERENCES.map(({ text }) => text),
    );
    expect(body.tokens).toBe(REFERENCES.reduce((sum, { tokens }) => sum + tokens, 0));
    expect(body.truncated).toEqual(REFERENCES.map((each) => each.tokens_untruncated > each.tokens));
  });

  it('have 384 numbers and length one', async () => {
    const { body } = await embedBatch(
      service.url,
      REFERENCES.map(({ text }) => text),
    );
    for (const embedding of body.embeddings) {
      expect(embedding).toHaveLength(384);
      expect(Math.sqrt(dot(embedding, embedding))).toBeCloseTo(1, 5);
    }
  });
});

describe('the vector of a text', () => {
  const texts = mixedTexts();
  let expected: readonly string[];

  beforeAll(async () => {
    expected = await withService('1', oneByOne); // in another process than those below
  });

  /** 100 texts from one letter to almost 9,000 characters, not sorted by length. */
  function mixedTexts(): readonly string[] {
    const random = randomNumbers(3);
    const cut = longTexts(70, 5).map((text) => text.slice(0, Math.ceil(random() ** 6 * text.length)));
    return [...REFERENCES.map(({ text }) => text), ...cut].sort(() => random() - 0.5);
  }

  async function withService<T>(workers: string, use: (service: StartedService) => Promise<T>): Promise<T> {
    const service = await startService({ EMBEDDING_WORKERS: workers, RATE_LIMIT_REQUESTS: '0' });
    const result = await use(service);
    await service.stop();
    return result;
  }

  async function oneByOne({ url }: StartedService): Promise<readonly string[]> {
    const bits: string[] = [];
    for (const text of texts) bits.push(vectorBits((await embed(url, text, { 'cache-control': 'no-cache' })).body.embedding));
    return bits;
  }

  async function allAtOnce({ url }: Pick<StartedService, 'url'>, order = texts): Promise<readonly string[]> {
    return (await embedBatch(url, order, { 'cache-control': 'no-cache' })).body.embeddings.map(vectorBits);
  }

  it('has the same bits alone and in a batch of 100, in any order', async () => {
    await withService('1', async (service) => {
      expect(await allAtOnce(service)).toEqual(expected);
      expect([...(await allAtOnce(service, [...texts].reverse()))].reverse()).toEqual(expected);
    });
  });

  it('has the same bits on two workers, among 100 callers at once, and from the cache', async () => {
    await withService('2', async ({ url }) => {
      const first = await Promise.all(texts.map((text) => embed(url, text)));
      const second = await embedBatch(url, texts);

      expect(first.map(({ body }) => vectorBits(body.embedding))).toEqual(expected);
      expect(second.body.cached_count).toBe(100);
      expect(second.body.embeddings.map(vectorBits)).toEqual(expected);
      expect(await allAtOnce({ url })).toEqual(expected);
    });
  });
});
