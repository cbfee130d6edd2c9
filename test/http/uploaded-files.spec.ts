import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import type { InputFormat } from '../../src/command/rows/input-file.js';
import { openRows } from '../../src/command/rows/open-rows.js';
import { readFileTexts } from '../../src/pages/assets/file-texts.js';
import { eventually } from '../support/eventually.js';
import type { JobBody, ResultLine } from '../support/jobs.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { TestApp } from '../support/test-app.js';

/** The bytes of a npy file before its numbers: magic, version, length, and a header of that length. */
const NPY_PREFIX_BYTES = 10;

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.listen({ RATE_LIMIT_REQUESTS: '0' });
});

afterAll(async () => {
  await app.close();
});

/** The texts of the rows that the command for files reads; null = the row has none. */
async function rowsOfCommand(format: InputFormat, content: string): Promise<readonly (string | null)[]> {
  const path = join(temporaryFolder(), `file.${format}`);
  writeFileSync(path, content);
  const texts: (string | null)[] = [];
  for await (const { text } of openRows({ path, format }, { text: 'text', id: undefined, kept: [] }).rows)
    texts.push(text === undefined || text === '' ? null : text);
  return texts;
}

/** Whether each row of the matrix is NaN. */
async function emptyRows(id: string, count: number): Promise<readonly boolean[]> {
  const answer = await fetch(`${app.url}/jobs/${id}/results?format=npy`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const numbers = NPY_PREFIX_BYTES + bytes.readUInt16LE(8);
  const rowBytes = (bytes.length - numbers) / count;
  return Array.from({ length: count }, (_, row) => Number.isNaN(bytes.readFloatLE(numbers + row * rowBytes)));
}

/** The results of a job, as a reader of Parquet sees them. */
async function parquetOf(id: string): Promise<readonly Record<string, unknown>[]> {
  const answer = await fetch(`${app.url}/jobs/${id}/results?format=parquet`);
  expect(answer.headers.get('content-type')).toBe('application/vnd.apache.parquet');
  return await parquetReadObjects({ file: await answer.arrayBuffer() });
}

/** A line of results in the types of Parquet, where what is missing is null. */
function asParquet({ index, id, embedding, tokens, truncated, error }: ResultLine): Record<string, unknown> {
  return {
    index: BigInt(index),
    id: id ?? null,
    document: null,
    chunk: null,
    start: null,
    end: null,
    embedding: embedding?.map(Math.fround) ?? null,
    tokens: tokens === undefined ? null : BigInt(tokens),
    truncated: truncated ?? null,
    error: error === undefined ? null : JSON.stringify(error),
  };
}

describe('a file that is uploaded on the page', () => {
  it.each<{ what: string; format: InputFormat; content: string; rows: readonly (string | null)[] }>([
    { what: 'an empty field', format: 'csv', content: 'id,text\n1,one\n2,\n\n3\n4," three"\n', rows: ['one', null, null, ' three'] },
    { what: 'one column', format: 'csv', content: 'text\n""\none\n\n', rows: [null, 'one'] },
    { what: 'an empty field', format: 'tsv', content: 'text\tid\n\t1\none\t2\n', rows: [null, 'one'] },
    { what: 'an empty line', format: 'txt', content: 'one\r\n\r\n two\n', rows: ['one', null, ' two'] },
    {
      what: 'no text, or none that is one',
      format: 'jsonl',
      content: '{"text":"one"}\n\n{"text":""}\n{"other":"x"}\n{"text":7}\n{"text":"two"}',
      rows: ['one', null, null, null, 'two'],
    },
  ])('has the rows that the command gives it: $format with $what', async ({ format, content, rows }) => {
    expect(await rowsOfCommand(format, content)).toEqual(rows);
    const items = readFileTexts(`file.${format}`, content).items('text');
    expect(items.map(({ text }) => text)).toEqual(rows);

    const lines = items.map((item) => JSON.stringify(item)).join('\n');
    const { status, body } = await app.post<JobBody>('/jobs', lines, { 'content-type': 'application/x-ndjson' });
    expect(status).toBe(202);
    const job = await eventually('the end of the job', async () => {
      const { body: latest } = await app.get<JobBody>(`/jobs/${body.id}`);
      return latest.finished_at !== null && latest;
    });
    const without = rows.filter((text) => text === null).length;
    expect(job).toMatchObject({ status: 'completed', progress: { total: rows.length, failed: without } });
    expect(await emptyRows(job.id, rows.length)).toEqual(rows.map((text) => text === null));
    const { results } = (await app.get<{ results: readonly ResultLine[] }>(`/jobs/${job.id}/results?format=json`)).body;
    expect(results.map(({ error }) => error?.message ?? null)).toEqual(
      rows.map((text) => (text === null ? 'There is no text: it is null, or only white space.' : null)),
    );
    expect(await parquetOf(job.id)).toEqual(results.map(asParquet));
  });

  it('is refused if a line leaves its text out or empty without saying so', async () => {
    for (const line of ['{"id":"a"}', '{"text":""}']) {
      const { status } = await app.post('/jobs', `{"text":"one"}\n${line}`, { 'content-type': 'application/x-ndjson' });
      expect(status).toBe(400);
    }
  });
});
