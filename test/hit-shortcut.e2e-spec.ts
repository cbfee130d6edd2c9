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
async function embedByController(text: string): Promise<JsonAnswer<unknown>> {
  const { headers } = await embed(service.url, text);
  return await embed(service.url, text, { 'x-require-embedding-space': headers.get('x-embedding-space') ?? '' });
}

describe('a hit that is answered before the controller', () => {
  it.each([
    ['a short text', 'hello'],
    ['characters of many scripts', 'ärger 漢字 😀'],
    ['a text that is cut', 'word '.repeat(900)],
  ])('is the answer that the controller gives to %s', async (_, text) => {
    const byController = await embedByController(text);
    const byShortcut = await embed(service.url, text);

    expect(byShortcut.body).toEqual(byController.body);
    expect(headerNames(byShortcut)).toEqual(headerNames(byController));
    for (const name of ['x-cache', 'cache-control', 'content-type', 'x-embedding-space']) {
      expect(byShortcut.headers.get(name)).toBe(byController.headers.get(name));
    }
  });

  it('counts like any other', async () => {
    await embed(service.url, 'counted');
    const requests = async (): Promise<number> =>
      await readMetric(service.url, 'embedding_requests_total', { status: 'success', cached: 'true' });
    const before = await requests();
    await embed(service.url, 'counted');
    await embedByController('counted');
    expect(await requests()).toBe(before + 3);
  });

  it('judges a body that is invalid as the controller does, although the text is stored', async () => {
    await embed(service.url, 'stored');
    const { status, body } = await postJson(`${service.url}/embed`, { text: 'stored', extra: 1 });
    expect([status, body]).toMatchObject([400, { code: 'invalid_request', details: [{ field: 'extra' }] }]);
  });
});
