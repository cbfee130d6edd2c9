import { fakeEmbedding } from '../../src/embedding/embedding-provider.fake.js';
import { eventually } from '../support/eventually.js';
import { TestApp } from '../support/test-app.js';

const LONG = 'longer than it reads';
const BOUNDARY = 'a-boundary';

interface BatchBody {
  readonly id: string;
  readonly status: string;
  readonly output_file_id: string | null;
  readonly error_file_id: string | null;
}

interface OutputLine {
  readonly custom_id: string;
  readonly response: {
    readonly status_code: number;
    readonly body: { readonly data?: readonly { readonly embedding: readonly number[] }[] };
  };
}

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start({ RATE_LIMIT_REQUESTS: '0' });
});

afterAll(async () => {
  await app.close();
});

async function upload(lines: readonly string[]): Promise<string> {
  const part = (head: string, content: string): string => `--${BOUNDARY}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
  const body = `${part('name="purpose"', 'batch')}${part('name="file"; filename="requests.jsonl"', lines.join('\n'))}--${BOUNDARY}--\r\n`;
  const headers = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };
  return (await app.send<{ id: string }>({ method: 'POST', path: '/v1/files', body, headers })).body.id;
}

/** The answers to these bodies in a batch, in their order: those of the output file, then those of the error file. */
async function answersTo(bodies: readonly object[]): Promise<readonly OutputLine[]> {
  const lines = bodies.map((body, index) =>
    JSON.stringify({ custom_id: String(index), method: 'POST', url: '/v1/embeddings', body: { model: 'fake-model', ...body } }),
  );
  const batch = { input_file_id: await upload(lines), endpoint: '/v1/embeddings', completion_window: '24h' };
  const { body: created } = await app.post<BatchBody>('/v1/batches', batch);
  const ended = await eventually('the end of the batch', async () => {
    const { body } = await app.get<BatchBody>(`/v1/batches/${created.id}`);
    return body.status === 'completed' && body;
  });
  const files = [ended.output_file_id, ended.error_file_id].filter((id) => id !== null);
  const contents = await Promise.all(files.map(async (id) => (await app.get<string>(`/v1/files/${id}/content`)).body));
  return contents.flatMap((content) =>
    content
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as OutputLine),
  );
}

describe('the lines of a batch', () => {
  it('read long texts as they ask for, each in its own way', async () => {
    const answers = await answersTo([
      { input: LONG, truncate: 'mean' },
      { input: LONG, truncate: 'start' },
      { input: LONG },
      { input: 'fits', truncate: 'error' },
      { input: LONG, truncate: 'error' },
    ]);
    expect(answers.map(({ custom_id: id, response }) => [id, response.status_code])).toEqual([
      ['0', 200],
      ['1', 200],
      ['2', 200],
      ['3', 200],
      ['4', 400],
    ]);
    const expected = [fakeEmbedding(LONG, 'mean'), fakeEmbedding(LONG, 'start'), fakeEmbedding(LONG), fakeEmbedding('fits')];
    expect(answers.slice(0, 4).map(({ response }) => response.body.data?.[0]?.embedding)).toEqual(
      expected.map(({ vector }) => [...vector].map((value) => expect.closeTo(value, 6) as number)),
    );
  });

  it('have vectors of the type that each asks for', async () => {
    const [ubinary, binary] = await answersTo([
      { input: 'a', output_dtype: 'ubinary' },
      { input: 'a', output_dtype: 'binary' },
    ]);
    const bits = ubinary?.response.body.data?.[0]?.embedding[0] ?? NaN;
    expect(bits).toBeGreaterThan(0);
    expect(binary?.response.body.data?.[0]?.embedding).toEqual([bits - 128]);
  });
});
