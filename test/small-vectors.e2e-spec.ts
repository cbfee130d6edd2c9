import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { smallVector, type SmallType } from '../src/vectors/small-vectors.js';
import { embedBatch } from './support/embed.js';
import { getJson } from './support/get-json.js';
import { BUNDLED_MODEL } from './support/model-folder.js';
import { postJson } from './support/post-json.js';
import { startService, type StartedService } from './support/start-service.js';

const TYPES = ['int8', 'uint8', 'binary', 'ubinary'] as const;
const TEXTS_A_REQUEST = 100;
const MOST_TEXTS = 800;
const NEAREST = 10;

type Vectors = readonly (readonly number[])[];

let service: StartedService;

beforeAll(async () => {
  service = await startService({ RATE_LIMIT_REQUESTS: '0' });
});

function ranges(): Parameters<typeof smallVector>[2] {
  const file = JSON.parse(readFileSync(join(BUNDLED_MODEL, 'vector-ranges.json'), 'utf8')) as Record<'least' | 'greatest', number[]>;
  return { least: Float32Array.from(file.least), greatest: Float32Array.from(file.greatest) };
}

async function embedAs(texts: readonly string[], type: SmallType | 'float'): Promise<Vectors> {
  const { status, body } = await postJson<{ embeddings: Vectors }>(`${service.url}/embed/batch`, { texts, output_dtype: type });
  expect(status).toBe(200);
  return body.embeddings;
}

/** Sentences from which the ranges were not measured: the comments of the code. */
function sentences(): readonly string[] {
  const root = join(__dirname, '../src');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const comments = files.sort().flatMap((name) => readFileSync(join(root, name), 'utf8').match(/\/\*\*.*?\*\//gs) ?? []);
  const texts = comments.map((comment) => comment.replaceAll(/[/*\s]+/g, ' ').trim()).filter((text) => text.length >= 40);
  return [...new Set(texts)].slice(0, MOST_TEXTS);
}

describe('small vectors of the bundled model', () => {
  it.each(TYPES)('are made from the float vector on every route: %s', async (type) => {
    const texts = ['Hello, world!', 'a second text'];
    const expected = (await embedBatch(service.url, texts)).body.embeddings.map((vector) => [
      ...smallVector(Float32Array.from(vector), type, ranges()),
    ]);
    expect(await embedAs(texts, type)).toEqual(expected);
    const openAi = await postJson(`${service.url}/v1/embeddings`, { input: texts, model: 'all-MiniLM-L6-v2', output_dtype: type });
    expect(openAi.body).toMatchObject({ data: expected.map((embedding) => ({ embedding })) });
    const cohere = await postJson(`${service.url}/v2/embed`, { texts, embedding_types: [type] });
    expect(cohere.body).toMatchObject({ embeddings: { [type]: expected } });
  });

  it('are listed by GET /v1/models, with the ranges of the model', async () => {
    const { body } = await getJson<{ data: readonly { ranges: Readonly<Record<'least' | 'greatest', readonly number[]>> }[] }>(
      `${service.url}/v1/models`,
    );
    expect(body).toMatchObject({ data: [{ output_dtypes: ['float', ...TYPES] }] });
    const [told, used] = [body.data[0]?.ranges, ranges()];
    expect(Float32Array.from(told?.least ?? [])).toEqual(used?.least);
    expect(Float32Array.from(told?.greatest ?? [])).toEqual(used?.greatest);
  });

  it('find nearly the same texts, with the figures of docs/clients.md', async () => {
    const texts = sentences();
    expect(texts).toHaveLength(MOST_TEXTS);
    const all = async (type: SmallType | 'float'): Promise<Vectors> => {
      const parts: Vectors[] = [];
      for (let from = 0; from < texts.length; from += TEXTS_A_REQUEST)
        parts.push(await embedAs(texts.slice(from, from + TEXTS_A_REQUEST), type));
      return parts.flat();
    };
    const float = nearest(await all('float'), dot);
    const kept = {
      int8: share(float, nearest(await all('int8'), levelsAlike)),
      ubinary: share(float, nearest(await all('ubinary'), bitsAlike)),
    };
    expect(kept.int8).toBeGreaterThan(0.9);
    expect(kept.ubinary).toBeGreaterThan(0.5);
  });
});

/** The most similar texts of every tenth text. */
function nearest(vectors: Vectors, alike: (left: readonly number[], right: readonly number[]) => number): readonly ReadonlySet<number>[] {
  return vectors
    .filter((_, index) => index % 10 === 0)
    .map((query) => {
      const scores = vectors.map((vector, index) => ({ index, score: alike(query, vector) }));
      return new Set(
        scores
          .sort((left, right) => right.score - left.score)
          .slice(1, NEAREST + 1)
          .map(({ index }) => index),
      );
    });
}

function share(expected: readonly ReadonlySet<number>[], found: readonly ReadonlySet<number>[]): number {
  const shares = expected.map((set, index) => [...set].filter((neighbour) => found[index]?.has(neighbour)).length / NEAREST);
  return shares.reduce((sum, each) => sum + each, 0) / shares.length;
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? NaN), 0);
}

/** Compares by distance, because levels of different dimensions have different steps and zeros. */
function levelsAlike(left: readonly number[], right: readonly number[]): number {
  return -left.reduce((sum, value, index) => sum + (value - (right[index] ?? NaN)) ** 2, 0);
}

function bitsAlike(left: readonly number[], right: readonly number[]): number {
  return -left.reduce((sum, value, index) => sum + bitCount(value ^ (right[index] ?? 0)), 0);
}

function bitCount(byte: number): number {
  return byte.toString(2).replaceAll('0', '').length;
}
