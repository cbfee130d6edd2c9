import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { embedBatch } from './support/embed.js';
import { copyOfBundledModel } from './support/model-folder.js';
import { postJson } from './support/post-json.js';
import { startService, type StartedService } from './support/start-service.js';
import { vectorBits } from './support/vector-bits.js';

const TEXTS = ['Hello, world!', 'ärger 漢字 😀', 'a third text'];

let service: StartedService;
let expected: readonly string[];

beforeAll(async () => {
  service = await startService({ RATE_LIMIT_REQUESTS: '0', EMBEDDING_WORKERS: '1' });
  expected = (await embedBatch(service.url, TEXTS)).body.embeddings.map(vectorBits);
});

async function ask<Body>(path: string, body: object, headers: Record<string, string> = {}): Promise<Body> {
  const answer = await postJson<Body>(service.url + path, body, headers);
  expect(answer.status).toBe(200);
  return answer.body;
}

describe('the vectors of the bundled model are those of /embed', () => {
  it.each(['/', '/embed'])('in the dialect of text-embeddings-inference at POST %s, from the cache and computed', async (path) => {
    for (const headers of [{}, { 'cache-control': 'no-cache' }]) {
      const vectors = await ask<readonly (readonly number[])[]>(path, { inputs: TEXTS, truncate: true }, headers);
      expect(vectors.map(vectorBits)).toEqual(expected);
    }
  });

  it("in Ollama's, by Ollama's name of the model", async () => {
    const { embeddings } = await ask<{ embeddings: readonly (readonly number[])[] }>('/api/embed', { model: 'all-minilm', input: TEXTS });
    expect(embeddings.map(vectorBits)).toEqual(expected);
  });

  it("in Cohere's", async () => {
    const body = { texts: TEXTS, input_type: 'search_document', embedding_types: ['float'] };
    const { embeddings } = await ask<{ embeddings: { float: readonly (readonly number[])[] } }>('/v2/embed', body);
    expect(embeddings.float.map(vectorBits)).toEqual(expected);
  });

  it('also without scaling, because the model scales its own', async () => {
    const vectors = await ask<readonly (readonly number[])[]>('/', { inputs: TEXTS, normalize: false });
    expect(vectors.map(vectorBits)).toEqual(expected);
  });
});

describe('the vectors of a model that does not scale them', () => {
  it('keep their own length on request, computed and from the cache', async () => {
    const folder = copyOfBundledModel('without-normalize');
    const modules = JSON.parse(readFileSync(join(folder, 'modules.json'), 'utf8')) as readonly object[];
    writeFileSync(join(folder, 'modules.json'), JSON.stringify(modules.slice(0, 2)));
    const { url } = await startService({ EMBEDDING_MODEL: folder, EMBEDDING_DTYPE: 'q8', EMBEDDING_WORKERS: '1' });
    const vectorOf = async (normalize: boolean, headers: Record<string, string> = {}): Promise<readonly number[]> =>
      (await postJson<readonly (readonly number[])[]>(url, { inputs: 'Hello, world!', normalize }, headers)).body[0] ?? [];

    const scaled = await vectorOf(true);
    for (const headers of [{ 'cache-control': 'no-cache' }, {}]) {
      const own = await vectorOf(false, headers);
      const length = Math.hypot(...own);
      expect(Math.abs(length - 1)).toBeGreaterThan(0.01);
      expect(own.map((value) => value / length)).toEqual(scaled.map((value) => expect.closeTo(value, 5) as number));
    }
  });
});
