import { freePort } from './support/free-port.js';
import { embed, embedBatch, type ErrorBody } from './support/embed.js';
import { eventually } from './support/eventually.js';
import {
  answersItems,
  cutsConnection,
  fails,
  hangs,
  rateLimits,
  sendsText,
  startFaultyUpstream,
  upstreamTokens,
  upstreamVector,
  UPSTREAM_DIMENSIONS,
  works,
  type Behaviour,
  type FaultyUpstream,
} from './support/faulty-upstream.js';
import { getJson } from './support/get-json.js';
import { readMetric } from './support/read-metric.js';
import { readStats } from './support/read-stats.js';
import { type StartedService, startService } from './support/start-service.js';
import { vectorBits } from './support/vector-bits.js';

const API_KEY = 'sk-secret-of-the-e2e-test';

let upstream: FaultyUpstream;

beforeAll(async () => {
  upstream = await startFaultyUpstream();
});

afterAll(async () => {
  await upstream.stop();
});

/** Starts a service with the faulty upstream. */
async function startClient(settings: Readonly<Record<string, string>> = {}): Promise<StartedService> {
  return await startService({
    EMBEDDING_PROVIDER: 'openai',
    OPENAI_API_KEY: API_KEY,
    OPENAI_BASE_URL: upstream.url,
    OPENAI_MODEL: 'tiny',
    EMBEDDING_DIM: `${UPSTREAM_DIMENSIONS}`,
    RATE_LIMIT_REQUESTS: '0',
    ...settings,
  });
}

describe('a service with EMBEDDING_PROVIDER=openai', () => {
  let service: StartedService;

  beforeAll(async () => {
    service = await startClient({ OPENAI_MAX_RETRIES: '0', OPENAI_TIMEOUT_MS: '3000', LOG_LEVEL: 'trace', OPENAI_PRICE: '1000000' });
  });

  it("gives the upstream's vectors, to the bit, and caches them", async () => {
    const miss = await embed(service.url, 'a text');
    const hit = await embed(service.url, 'a text');
    expect(miss.body).toMatchObject({ cached: false, model: 'tiny', tokens: upstreamTokens(['a text']), truncated: false });
    expect(vectorBits(miss.body.embedding)).toBe(vectorBits([...upstreamVector('a text')]));
    expect(hit.body).toEqual({ ...miss.body, cached: true });
  });

  it('sends the texts of a batch together, and restores the order of shuffled vectors', async () => {
    const texts = Array.from({ length: 100 }, (_, index) => `text ${index}`);
    const before = upstream.requests.length;
    upstream.next(answersItems((items) => [...items].reverse()));
    const { body } = await embedBatch(service.url, texts);
    expect(body.embeddings.map(vectorBits)).toEqual(texts.map((text) => vectorBits([...upstreamVector(text)])));
    expect(body.tokens).toBe(upstreamTokens(texts));
    expect(upstream.requests.length).toBe(before + 1);
  });

  it.each<{ fault: string; behaviour: Behaviour; status: number; code: string; retryAfter: string | null; says: RegExp }>([
    {
      fault: '429 with Retry-After',
      behaviour: rateLimits({ 'retry-after': '9', 'retry-after-ms': '1100' }),
      status: 503,
      code: 'upstream_rate_limited',
      retryAfter: '2',
      says: /rate/,
    },
    { fault: '429 without', behaviour: rateLimits(), status: 503, code: 'upstream_rate_limited', retryAfter: '1', says: /rate/ },
    {
      fault: '401',
      behaviour: fails(401, { message: API_KEY }),
      status: 502,
      code: 'upstream_unauthorized',
      retryAfter: null,
      says: /OPENAI_API_KEY/,
    },
    {
      fault: '403',
      behaviour: fails(403, { message: API_KEY }),
      status: 502,
      code: 'upstream_unauthorized',
      retryAfter: null,
      says: /OPENAI_API_KEY/,
    },
    { fault: '404', behaviour: fails(404), status: 502, code: 'upstream_failed', retryAfter: null, says: /OPENAI_MODEL/ },
    {
      fault: '400',
      behaviour: fails(400, { message: `Bad ${API_KEY}` }),
      status: 400,
      code: 'text_refused',
      retryAfter: null,
      says: /Bad \*\*\*/,
    },
    { fault: '500', behaviour: fails(500, { message: API_KEY }), status: 502, code: 'upstream_failed', retryAfter: null, says: /failed/ },
    { fault: 'cut connection', behaviour: cutsConnection, status: 502, code: 'upstream_failed', retryAfter: null, says: /failed/ },
    {
      fault: 'page',
      behaviour: sendsText(`<html>${API_KEY}`, 'text/html'),
      status: 502,
      code: 'upstream_failed',
      retryAfter: null,
      says: /failed/,
    },
    {
      fault: 'NaN',
      behaviour: sendsText('{"data":[{"index":0,"embedding":[NaN]}]}', 'application/json'),
      status: 502,
      code: 'upstream_failed',
      retryAfter: null,
      says: /failed/,
    },
    { fault: 'hang', behaviour: hangs, status: 504, code: 'upstream_timeout', retryAfter: null, says: /OPENAI_TIMEOUT_MS/ },
  ])('answers $status to a $fault, and computes the text the next time', async ({ fault, behaviour, status, code, retryAfter, says }) => {
    const text = `a text for a ${fault}`;
    upstream.next(behaviour);
    const failed = await embed(service.url, text);
    const { statusCode, code: said, message } = failed.body as unknown as ErrorBody;

    expect({ statusCode, code: said, retryAfter: failed.headers.get('retry-after') }).toEqual({ statusCode: status, code, retryAfter });
    expect(message).toMatch(says);
    expect(JSON.stringify(failed.body)).not.toContain(API_KEY);
    await eventually('the pause that was asked for is over', async () => (await embed(service.url, text)).status === 200);
    expect((await embed(service.url, text)).body.cached).toBe(true);
  });

  it('shows its key nowhere: not in answers, not in the log at LOG_LEVEL=trace, not in metrics', async () => {
    const routes = ['/stats', '/health/ready', '/metrics', '/docs-json'];
    const answers = await Promise.all(routes.map(async (route) => await (await fetch(service.url + route)).text()));
    expect(answers.join()).toContain('tiny');
    expect(answers.join()).not.toContain(API_KEY);
    expect(service.stdout()).toContain('check OPENAI_API_KEY');
    expect(service.stdout() + service.stderr()).not.toContain(API_KEY);
    expect(service.stdout() + service.stderr()).not.toContain('a text for a');
  });

  it('counts calls by outcome, and tokens and dollars by model', async () => {
    const metric = async (name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> =>
      await readMetric(service.url, name, { model: 'tiny', ...labels });
    for (const outcome of ['unauthorized', 'rate_limited']) expect(await metric('embedding_upstream_calls_total', { outcome })).toBe(2);
    for (const outcome of ['bad_reply', 'invalid_input', 'connection_failed', 'refused', 'server_error', 'timeout'])
      expect(await metric('embedding_upstream_calls_total', { outcome })).toBeGreaterThanOrEqual(1);
    const tokens = await metric('embedding_upstream_tokens_total');
    expect(tokens).toBeGreaterThan(500);
    expect(await metric('embedding_upstream_cost_dollars_total')).toBe(tokens);
    expect(await metric('embedding_upstream_call_seconds_count')).toBe(await metric('embedding_upstream_calls_total'));
    expect(await readMetric(service.url, 'embedding_tokens_total')).toBe(tokens);
  });

  it('names the model in /stats', async () => {
    expect(await readStats(service.url)).toMatchObject({ model: 'tiny', embedding_dim: UPSTREAM_DIMENSIONS, provider: 'openai' });
  });
});

describe('a service with the default timeout', () => {
  let service: StartedService;

  beforeAll(async () => {
    service = await startClient();
  });

  it('makes one call for readiness, not one for each probe, because a vector is proof for minutes', async () => {
    const before = upstream.requests.length;
    for (let probe = 0; probe < 5; probe++) expect((await getJson(`${service.url}/ready`)).status).toBe(200);
    expect(upstream.requests.length).toBe(before + 1);
  });

  it('retries temporary failures until it gets an answer', async () => {
    upstream.next(cutsConnection, rateLimits({ 'retry-after-ms': '10' }), fails(500, {}, { 'retry-after-ms': '10' }));
    expect((await embed(service.url, 'a text')).status).toBe(200);
    expect(await readMetric(service.url, 'embedding_upstream_retries_total')).toBe(3);
  });

  it('ends the call when the caller leaves', async () => {
    const caller = new AbortController();
    const ended = new Promise((resolve) => {
      upstream.next((_, response) => {
        response.once('close', resolve);
        caller.abort();
      });
    });
    const call = fetch(`${service.url}/embed`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'a text that nobody waits for' }),
      signal: caller.signal,
    });
    await expect(call).rejects.toThrow();
    await ended;
    const aborted = { outcome: 'aborted' };
    await eventually('counted', async () => (await readMetric(service.url, 'embedding_upstream_calls_total', aborted)) === 1);
  });

  it('waits no longer than OPENAI_TIMEOUT_MS, and answers at once with Retry-After', async () => {
    upstream.next(rateLimits({ 'retry-after': '86400' }));
    const { status, headers } = await embed(service.url, 'a text for tomorrow');
    expect([status, headers.get('retry-after')]).toEqual([503, '86400']);
    const asked = upstream.requests.length;
    expect((await embed(service.url, 'another text for tomorrow')).status).toBe(503);
    expect(upstream.requests.length).toBe(asked);
  });
});

describe('an upstream that keeps failing', () => {
  it('is not called for a while, and the service is not ready', async () => {
    const service = await startClient({ OPENAI_MAX_RETRIES: '0' });
    expect((await getJson(`${service.url}/health/ready`)).status).toBe(200);
    upstream.always(fails(500));
    for (let call = 0; call < 5; call++) expect((await embed(service.url, `text ${call}`)).status).toBe(502);
    const asked = upstream.requests.length;
    const refused = await embed(service.url, 'one more text');
    const ready = await getJson(`${service.url}/health/ready`);
    const live = await getJson(`${service.url}/health/live`);
    upstream.always(works);

    expect(refused).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect([ready.status, live.status]).toEqual([503, 200]);
    expect(upstream.requests.length).toBe(asked);
    expect(await readMetric(service.url, 'embedding_upstream_circuit_open')).toBe(1);
  });
});

describe('texts past MAX_QUEUED_TEXTS', () => {
  it('are refused at once, with Retry-After', async () => {
    const service = await startClient({ MAX_QUEUED_TEXTS: '100', OPENAI_CONCURRENCY: '1', OPENAI_TIMEOUT_MS: '2000' });
    upstream.next(hangs);
    const held = embed(service.url, 'held');
    await eventually('the first is on its way', async () => (await readStats(service.url)).queue.active === 1);
    const waiting = embedBatch(
      service.url,
      Array.from({ length: 60 }, (_, index) => `waits ${index}`),
    );
    await eventually('others wait', async () => (await readStats(service.url)).queue.waiting === 60);
    const refused = await embedBatch(
      service.url,
      Array.from({ length: 60 }, (_, index) => `too many ${index}`),
    );

    expect(refused).toMatchObject({ status: 503, body: { code: 'overloaded' } });
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect((await held).status).toBe(504);
    expect([200, 504]).toContain((await waiting).status);
  });
});

describe('a text that is longer than the model reads', () => {
  it('is cut, and the answer says so', async () => {
    const service = await startClient({ EMBEDDING_MAX_TOKENS: '4' });
    const { body } = await embed(service.url, 'one two three four five six');
    expect(upstream.requests.at(-1)?.body.input).toEqual(['one two three four']);
    expect(body.truncated).toBe(true);
  });
});

describe('the start', () => {
  it('makes no call to the upstream when the model is known', async () => {
    const service = await startService({
      USE_OPENAI: 'true',
      OPENAI_API_KEY: API_KEY,
      OPENAI_BASE_URL: `http://127.0.0.1:${await freePort()}/v1`,
    });
    expect(await readStats(service.url)).toMatchObject({ model: 'text-embedding-3-small', embedding_dim: 1536 });
  });

  it('asks for one vector, with retries, when only the upstream knows the dimensions', async () => {
    const before = upstream.requests.length;
    upstream.next(fails(503, {}, { 'retry-after-ms': '10' }));
    const service = await startClient({ EMBEDDING_DIM: '' });
    expect((await readStats(service.url)).embedding_dim).toBe(UPSTREAM_DIMENSIONS);
    expect(upstream.requests.length).toBe(before + 2);
  });

  it('stops with one line when the upstream does not give its dimensions', async () => {
    upstream.next(fails(401));
    const start = startClient({ EMBEDDING_DIM: '' });
    await expect(start).rejects.toThrow(/OPENAI_MODEL=tiny.*EMBEDDING_DIM.*OPENAI_API_KEY/);
    await expect(start).rejects.not.toThrow(API_KEY);
  });

  it('stops with one line when the model cannot have the dimensions', async () => {
    await expect(startClient({ OPENAI_MODEL: 'text-embedding-ada-002' })).rejects.toThrow(/EMBEDDING_DIM=8 .*1536/);
  });
});

describe('a stop', () => {
  it('finishes running calls', async () => {
    const service = await startClient();
    const release = new Promise<() => void>((resolve) => {
      upstream.next((request, response) => resolve(() => works(request, response)));
    });
    const call = embed(service.url, 'a text on its way');
    const answer = await release;
    const stopped = service.stop();
    answer();
    expect((await call).status).toBe(200);
    expect(await stopped).toBe(0);
  });

  it('ends in time although the upstream hangs', async () => {
    const service = await startClient({ SHUTDOWN_TIMEOUT_MS: '1000' });
    upstream.next(hangs);
    const call = embed(service.url, 'a text').catch(() => undefined);
    await eventually('the text is on its way', async () => (await readStats(service.url)).queue.active === 1);
    expect(await service.stop()).toBe(0);
    await call;
  });
});
