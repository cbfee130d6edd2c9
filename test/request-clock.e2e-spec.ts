import { eventually } from './support/eventually.js';
import { postJson } from './support/post-json.js';
import { readMetric } from './support/read-metric.js';
import { startRedis } from './support/start-redis.js';
import { startService, type StartedService } from './support/start-service.js';
import { startSlowProxy } from './support/start-slow-proxy.js';

/** Redis answers after twice this time, which is within every timeout. */
const DELAY_MS = 30;
/** A miss needs three answers of Redis: for the rate limit, the look-up and the write. */
const REDIS_MS = 3 * 2 * DELAY_MS;
const TIMER_ERROR_MS = 5;

/** The milliseconds of one request, by the places where the service reports them. */
type Measured = Readonly<Record<'log' | 'http metric' | 'embedding metric' | 'Server-Timing', number>>;

let service: StartedService;

beforeAll(async () => {
  const proxy = await startSlowProxy((await startRedis()).port);
  service = await startService({ REDIS_URL: `redis://127.0.0.1:${proxy.port}`, CACHE_TIMEOUT_MS: '500', EMBEDDING_WORKERS: '1' });
  await postJson(`${service.url}/embed`, { text: 'the first one warms up' });
  proxy.delayMs = DELAY_MS;
});

async function secondsSoFar(): Promise<readonly [number, number]> {
  const route = { method: 'POST', route: '/embed' };
  return [
    await readMetric(service.url, 'http_request_duration_seconds_sum', route),
    await readMetric(service.url, 'embedding_latency_seconds_sum'),
  ];
}

async function loggedMs(requestId: string): Promise<number> {
  const line = await eventually('a line in the log', () =>
    service
      .stdout()
      .split('\n')
      .find((candidate) => candidate.includes(`"requestId":"${requestId}"`)),
  );
  return (JSON.parse(line) as { readonly ms: number }).ms;
}

async function measure(text: string, contentType: string): Promise<Measured> {
  const [httpBefore, embeddingBefore] = await secondsSoFar();
  const { status, headers } = await postJson(`${service.url}/embed`, { text }, { 'content-type': contentType });
  expect([status, headers.get('x-cache')]).toEqual([200, 'miss']);
  const log = await loggedMs(headers.get('x-request-id') ?? '');
  const [http, embedding] = await secondsSoFar();
  return {
    log,
    'http metric': (http - httpBefore) * 1000,
    'embedding metric': (embedding - embeddingBefore) * 1000,
    'Server-Timing': Number(/total;dur=([\d.]+)/.exec(headers.get('server-timing') ?? '')?.[1]),
  };
}

describe('the time of a request', () => {
  it.each(['application/json', 'application/json;charset=utf-8'])(
    'counts from its arrival in the log, the metrics and Server-Timing, with the content type %s',
    async (contentType) => {
      const measured = await measure(`a text as ${contentType}`, contentType);
      expect(Object.entries(measured).filter(([, milliseconds]) => !(milliseconds >= REDIS_MS - TIMER_ERROR_MS))).toEqual([]);
    },
  );
});
