import { mixedRequests, type MixedRequest } from './fixtures/mixed-requests.js';
import type { BatchBody, EmbedBody } from './support/embed.js';
import { type StartedService, startService } from './support/start-service.js';
import { vectorBits } from './support/vector-bits.js';

jest.setTimeout(60_000);

const accepted = mixedRequests().filter(({ status }) => status === 200);
let service: StartedService;

beforeAll(async () => {
  service = await startService({ RATE_LIMIT_REQUESTS: '0' });
});

interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

async function send<Body>({ path, body, contentType }: MixedRequest): Promise<Answer<Body>> {
  const headers = contentType === undefined ? {} : { 'content-type': contentType };
  const answer = await fetch(service.url + path, { method: 'POST', headers, body: Buffer.from(body) });
  return { status: answer.status, body: (await answer.json()) as Body };
}

function bitsOf(body: EmbedBody | BatchBody): readonly string[] {
  return 'embedding' in body ? [vectorBits(body.embedding)] : body.embeddings.map(vectorBits);
}

describe('the valid mixed requests', () => {
  it.each(accepted)('$name: 200, and the same vectors from the cache', async (request) => {
    const [first, second] = [await send<EmbedBody | BatchBody>(request), await send<EmbedBody | BatchBody>(request)];

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toMatchObject('embedding' in second.body ? { cached: true } : { cached_count: second.body.count });
    expect(bitsOf(second.body)).toEqual(bitsOf(first.body));
    expect({ ...second.body, cached: 0, cached_count: 0 }).toEqual({ ...first.body, cached: 0, cached_count: 0 });
  });
});
