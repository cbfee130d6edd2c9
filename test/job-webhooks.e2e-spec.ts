import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { eventually } from './support/eventually.js';
import { submitNdjson, untilDone } from './support/jobs.js';
import { makeKey, type MadeKey } from './support/make-key.js';
import { postJson } from './support/post-json.js';
import { readMetric } from './support/read-metric.js';
import { startService } from './support/start-service.js';

jest.setTimeout(90_000);

const WEBHOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const SETTINGS = { RATE_LIMIT_REQUESTS: '0', EMBEDDING_WORKERS: '1', WEBHOOK_SECRET };

interface Delivery {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let receiver: Server;
let url: string;
const got: Delivery[] = [];
const answers: number[] = [];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    void request.toArray().then((chunks: Buffer[]) => {
      got.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      const status = answers.shift() ?? 204;
      return response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const address = receiver.address();
  if (address === null || typeof address === 'string') throw new Error('The receiver has no port');
  url = `http://localhost:${address.port}/hook`;
});

afterEach(() => {
  got.length = 0;
});

afterAll(() => {
  receiver.close();
  receiver.closeAllConnections();
});

async function connectionsOf(server: TcpServer): Promise<number> {
  return await new Promise((resolve, reject) => server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))));
}

describe('a webhook', () => {
  it('reports the end of a job, signed, and is repeated with the same id until it is accepted', async () => {
    const service = await startService({ ...SETTINGS, WEBHOOK_ALLOW_PRIVATE: 'true' });
    answers.push(302); // redirects are not followed
    const { body: job } = await postJson<{ id: string }>(`${service.url}/jobs`, { texts: ['a', 'b'], webhook_url: url });
    await eventually('two deliveries', () => got.length === 2);
    const [first, second] = got;
    const verified = new Webhook(WEBHOOK_SECRET).verify(second?.body ?? '', (second?.headers ?? {}) as Record<string, string>);
    expect(verified).toMatchObject({
      type: 'job.completed',
      data: { id: job.id, status: 'completed', progress: { total: 2, completed: 2, failed: 0 } },
    });
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(() =>
      new Webhook(`whsec_${'A'.repeat(32)}`).verify(second?.body ?? '', (second?.headers ?? {}) as Record<string, string>),
    ).toThrow();
    await eventually(
      'a settled delivery',
      async () => (await readMetric(service.url, 'embedding_job_webhooks_total', { outcome: 'delivered' })) === 1,
    );
    expect(await readMetric(service.url, 'embedding_job_webhooks_total', { outcome: 'retried' })).toBe(1);
    await service.stop();
  });

  it('arrives within 5 s while 96 receivers of another key hang', async () => {
    const hung = createTcpServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
    await once(hung, 'listening');
    const [hanging, healthy] = [makeKey('hanging'), makeKey('healthy')];
    const service = await startService({ ...SETTINGS, WEBHOOK_ALLOW_PRIVATE: 'true', API_KEYS: `${hanging.entry},${healthy.entry}` });
    const submit = async (webhookUrl: string, { headers }: MadeKey): Promise<number> =>
      (await postJson(`${service.url}/jobs`, { texts: ['a'], webhook_url: webhookUrl }, headers)).status;
    const hungUrl = `http://127.0.0.1:${(hung.address() as AddressInfo).port}/`;
    const accepted = await Promise.all(Array.from({ length: 96 }, async () => await submit(hungUrl, hanging)));
    expect(new Set(accepted)).toEqual(new Set([202]));
    await eventually('deliveries that hang', async () => (await connectionsOf(hung)) > 0);
    expect(await submit(url, healthy)).toBe(202);
    await eventually('the delivery', () => got.length === 1, 5_000);
    await service.stop();
    await new Promise((resolve) => hung.close(resolve));
  });

  it('is not sent to a name that has a private address', async () => {
    const service = await startService(SETTINGS);
    const { status, body } = await submitNdjson(service.url, '{"text":"a"}', {}, `?webhook_url=${encodeURIComponent(url)}`);
    expect(status).toBe(202);
    await untilDone(service.url, body.id);
    await eventually(
      'a refused delivery',
      async () => (await readMetric(service.url, 'embedding_job_webhooks_total', { outcome: 'retried' })) === 1,
    );
    expect(got).toEqual([]);
    await service.stop();
  });
});
