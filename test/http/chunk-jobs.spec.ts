import { parquetReadObjects } from 'hyparquet';
import { FakeEmbeddingProvider, fakeEmbedding } from '../../src/embedding/embedding-provider.fake.js';
import { type JobBody, readResults, type ResultLine, submitNdjson, untilDone } from '../support/jobs.js';
import { postJson, type JsonAnswer } from '../support/post-json.js';
import { TestApp } from '../support/test-app.js';

/** Of the model of this test: a character is a token, and there are two special ones. */
const MAX_TOKENS = 22;
const NPY_HEADER_BYTES = 128;

let app: TestApp;

beforeAll(async () => {
  const settings = { RATE_LIMIT_REQUESTS: '0', MAX_TEXT_LENGTH: '20', MAX_DOCUMENT_LENGTH: '60', JOB_MAX_TEXTS: '6' };
  app = await TestApp.listen(settings, new FakeEmbeddingProvider({ maxTokens: MAX_TOKENS }));
});

afterAll(async () => {
  await app.close();
});

type Answer = JsonAnswer<JobBody & { readonly message?: string; readonly code?: string }>;

async function submit(body: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return await postJson(`${app.url}/jobs`, body, headers);
}

async function submitLines(lines: readonly object[], query: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return await submitNdjson(app.url, lines.map((line) => JSON.stringify(line)).join('\n'), headers, query);
}

async function resultsOf({ id }: JobBody): Promise<readonly ResultLine[]> {
  await untilDone(app.url, id);
  return await readResults(app.url, id);
}

function rounded(numbers: Iterable<number>): readonly string[] {
  return Array.from(numbers, (number) => number.toFixed(6));
}

describe('a job with chunks', () => {
  it('in JSON has a result for each chunk, in order, wherever the field stands', async () => {
    const texts = ['🙂 one two three four', 'five', 'six seven eight nine ten'];
    const { status, body } = await submit({ texts, chunk: { tokens: 16, overlap: 5 } });
    expect([status, body.progress.total]).toEqual([202, 6]);
    const results = await resultsOf(body);
    expect(results.map(({ index, document, chunk, start, end }) => [index, document, chunk, start, end])).toEqual([
      [0, 0, 0, 0, 9],
      [1, 0, 1, 6, 20],
      [2, 1, 0, 0, 4],
      [3, 2, 0, 0, 9],
      [4, 2, 1, 4, 15],
      [5, 2, 2, 10, 24],
    ]);
    const parquet = await fetch(`${app.url}/jobs/${body.id}/results?format=parquet`);
    const rows: readonly Record<string, unknown>[] = await parquetReadObjects({ file: await parquet.arrayBuffer() });
    expect(rows.map(({ document, chunk, start, end }) => [document, chunk, start, end])).toEqual(
      results.map(({ document = NaN, chunk = NaN, start = NaN, end = NaN }) => [document, chunk, start, end].map(BigInt)),
    );
    const expected = results.map(({ document = 0, start, end }) =>
      Array.from(texts[document] ?? '')
        .slice(start, end)
        .join(''),
    );
    expect(results.map(({ embedding = [] }) => rounded(embedding))).toEqual(
      expected.map((text) => rounded(fakeEmbedding(text, 'end', MAX_TOKENS).vector)),
    );
    expect(results.some(({ truncated }) => truncated)).toBe(false);
  });

  it('in NDJSON has the ids of its documents, and their titles before each chunk; what has no text keeps its place', async () => {
    const lines = [{ id: 'a', title: 'Dog', text: 'one two three' }, { id: 'b', text: null }, { text: ' ' }];
    const { body } = await submitLines(lines, '?chunk_tokens=14');
    const results = await resultsOf(body);
    expect(results).toMatchObject([
      { index: 0, document: 0, id: 'a', chunk: 0, start: 0, end: 7 },
      { index: 1, document: 0, id: 'a', chunk: 1, start: 8, end: 13 },
      { index: 2, document: 1, id: 'b', error: { code: 'invalid_request' } },
      { index: 3, document: 2, error: { message: 'There is no text: it is null, or only white space.' } },
    ]);
    expect(rounded(results[1]?.embedding ?? [])).toEqual(rounded(fakeEmbedding('Dog\nthree', 'end', MAX_TOKENS).vector));
    const npy = await (await fetch(`${app.url}/jobs/${body.id}/results?format=npy`)).arrayBuffer();
    expect(npy.byteLength).toBe(NPY_HEADER_BYTES + results.length * 4 * Float32Array.BYTES_PER_ELEMENT);
  });

  it('is the same job for the same Idempotency-Key, and another for chunks of another size', async () => {
    const send = async (query: string): Promise<Answer> =>
      await submitLines([{ text: 'one two three' }], query, { 'idempotency-key': 'cut' });
    const { id } = (await send('?chunk_tokens=10')).body;
    expect((await send('?chunk_tokens=10&chunk_overlap=0')).body.id).toBe(id);
    expect((await send('?chunk_tokens=10&chunk_overlap=4')).body.code).toBe('idempotency_mismatch');
    expect((await send('')).body.code).toBe('idempotency_mismatch');
  });

  it('counts chunks as texts', async () => {
    const { status, body } = await submit({ texts: ['one two three four five six seven'], chunk: { tokens: 7, overlap: 0 } });
    expect([status, body.message]).toEqual([413, 'A job may have 6 texts (JOB_MAX_TEXTS); send several jobs.']);
  });

  it.each([
    ['?chunk_tokens=23', { text: 'a' }, 'chunk_tokens must be a whole number from 1 to 22, the most that the model reads'],
    ['?chunk_tokens=x', { text: 'a' }, 'chunk_tokens must be a whole number from 1 to 22, the most that the model reads'],
    ['?chunk_overlap=1', { text: 'a' }, 'chunk_tokens must be a whole number from 1 to 22, the most that the model reads'],
    ['?chunk_tokens=9&chunk_overlap=5', { text: 'a' }, 'chunk_overlap must be a whole number from 0 to 4, half of the tokens of a chunk'],
    ['?chunk=9', { text: 'a' }, expect.stringMatching(/^chunk is not known here; the query may have .*chunk_tokens, chunk_overlap$/)],
    ['?chunk_tokens=2', { text: 'a' }, 'chunk.tokens must be over 2, the tokens of the prompt and the special tokens'],
    ['?chunk_tokens=9', { title: 'A title', text: 'a' }, 'document 0: title has 8 tokens, and before chunks of 9 tokens may have 3'],
    ['?chunk_tokens=9', { title: 7, text: 'a' }, 'line 1: title must be a string, not a number'],
    ['?chunk_tokens=9', { text: 'x'.repeat(61) }, 'line 1: text must have at most 60 characters (MAX_DOCUMENT_LENGTH), not 61'],
    ['', { text: 'x'.repeat(21) }, 'line 1: text must have at most 20 characters (MAX_TEXT_LENGTH), not 21'],
  ])('is refused with %s and %j', async (query, line, message) => {
    const { status, body } = await submitLines([line], query);
    expect([status, body.message]).toEqual([400, message]);
    expect(await app.metric('embedding_job_pending_texts')).toBe(0);
  });
});
