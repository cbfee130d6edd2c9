import { embed } from './support/embed.js';
import { postJson, type JsonAnswer } from './support/post-json.js';
import { readMetric } from './support/read-metric.js';
import { type StartedService, startService } from './support/start-service.js';

let service: StartedService;

beforeAll(async () => {
  service = await startService({ RATE_LIMIT_REQUESTS: '1000' });
});

/** Header names that the answer carries; those whose values differ from call to call are compared by name only. */
function headerNames({ headers }: JsonAnswer<unknown>): readonly string[] {
  return [...headers.keys()].toSorted();
}

/** A header that only the controller looks at, so that it answers, not the shortcut. */
async function byController(ask: (headers: Record<string, string>) => Promise<JsonAnswer<unknown>>): Promise<JsonAnswer<unknown>> {
  const { headers } = await embed(service.url, 'what is the space?');
  return await ask({ 'x-require-embedding-space': headers.get('x-embedding-space') ?? '' });
}

async function askOpenAi(input: unknown, format: string, headers: Record<string, string> = {}): Promise<JsonAnswer<unknown>> {
  return await postJson(`${service.url}/v1/embeddings`, { input, model: 'all-MiniLM-L6-v2', encoding_format: format }, headers);
}

function expectSameAnswer(one: JsonAnswer<unknown>, other: JsonAnswer<unknown>): void {
  expect(one.body).toEqual(other.body);
  expect(headerNames(one)).toEqual(headerNames(other));
  for (const name of ['x-cache', 'cache-control', 'content-type', 'x-embedding-space']) {
    expect(one.headers.get(name)).toBe(other.headers.get(name));
  }
}

const TEXTS = [
  ['a short text', 'hello'],
  ['characters of many scripts', 'ärger 漢字 😀'],
  ['a text that is cut', 'word '.repeat(900)],
] as const;

describe('a plain request that is answered before the controller', () => {
  it.each(TEXTS)('gets the answer of the controller to %s, missed and hit', async (_, text) => {
    const missed = await embed(service.url, text);
    const stored = await byController((headers) => embed(service.url, text, headers));
    expect(missed.body).toEqual({ ...(stored.body as object), cached: false });
    expectSameAnswer(await embed(service.url, text), stored);
  });

  it.each([
    ['a string, as base64', 'a string', 'base64'],
    ['an array of one, as base64', ['an array of one'], 'base64'],
    ['a string, as numbers', 'a string once more', 'float'],
  ])("gets the controller's answer in OpenAI's shape to %s", async (_, input, format) => {
    const missed = await askOpenAi(input, format);
    const stored = await byController((headers) => askOpenAi(input, format, headers));
    expect(missed.body).toEqual(stored.body);
    expect([missed, stored].map(({ headers }) => headers.get('x-cache'))).toEqual(['miss', 'hit']);
    expectSameAnswer(await askOpenAi(input, format), stored);
  });

  it('counts like any other', async () => {
    await embed(service.url, 'counted');
    const requests = async (): Promise<number> =>
      await readMetric(service.url, 'embedding_requests_total', { status: 'success', cached: 'true' });
    const before = await requests();
    await embed(service.url, 'counted');
    await askOpenAi('counted', 'base64');
    await byController((headers) => embed(service.url, 'counted', headers));
    expect(await requests()).toBe(before + 4); // byController asks for the space by a text that is stored by now
  });

  it('is judged as the controller judges it when it is invalid, although the text is stored', async () => {
    await embed(service.url, 'stored');
    const { status, body } = await postJson(`${service.url}/embed`, { text: 'stored', extra: 1 });
    expect([status, body]).toMatchObject([400, { code: 'invalid_request', details: [{ field: 'extra' }] }]);
    const unknownModel = await postJson(`${service.url}/v1/embeddings`, { input: 'stored', model: 'no-such-model' });
    expect([unknownModel.status, unknownModel.body]).toMatchObject([404, { error: { code: 'model_not_found' } }]);
  });
});
