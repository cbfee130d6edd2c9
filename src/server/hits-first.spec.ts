import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Admission, AdmissionRequest } from './admission.js';
import { trustedProxies, type TrustedProxies } from './client-address.js';
import { HitsFirst } from './hits-first.js';

const BODY = JSON.stringify({ text: 'stored' });

let server: Server;
/** The callers that were judged. */
let judged: AdmissionRequest[];
/** The statuses of the answers that were counted. */
let counted: number[];

/** A server whose listener answers "from Fastify", with the text `stored` in memory. */
async function serve(trusted: TrustedProxies = false, refusal?: Error): Promise<void> {
  [judged, counted] = [[], []];
  const judge: Admission['judge'] = (caller, answer, done) => {
    judged.push(caller);
    answer.headers({ 'x-judged': 'yes' });
    done(refusal);
  };
  const recall = (body: unknown): { headers: Record<string, string>; body: Buffer } | undefined =>
    JSON.stringify(body) === BODY ? { headers: { 'x-cache': 'hit' }, body: Buffer.from('from memory') } : undefined;
  const route = { recall, answered: () => void counted.push(200) };
  const routes = new Map([['/embed', route]]);
  server = createServer((request, answer) => {
    request.resume();
    answer.end('from Fastify');
  });
  new HitsFirst({ admission: { judge } as Admission, routes, trustedProxies: trusted }).listen(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

async function ask(body: string, headers: Record<string, string> = {}, path = '/embed'): Promise<string> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const answer = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  return await answer.text();
}

afterEach(() => server.close());

describe('HitsFirst', () => {
  it('answers a hit, and counts it', async () => {
    await serve();
    expect(await ask(BODY)).toBe('from memory');
    expect(counted).toEqual([200]);
  });

  it.each([
    ['a text that is not in memory', '{"text":"new"}', {}, '/embed'],
    ['a body that is no JSON', '{', {}, '/embed'],
    ['a route without hits', BODY, {}, '/jobs'],
    ['another content type', BODY, { 'content-type': 'text/plain' }, '/embed'],
    ['a body that is large', JSON.stringify({ text: 'x'.repeat(20_000) }), {}, '/embed'],
  ])('passes on %s', async (_, body, headers: Record<string, string>, path) => {
    await serve();
    expect(await ask(body, headers, path)).toBe('from Fastify');
    expect(counted).toEqual([]);
  });

  it('passes on a request that is refused, although its text is in memory', async () => {
    await serve(false, new Error('over the limit'));
    expect(await ask(BODY)).toBe('from Fastify');
  });

  it.each([
    [1, '203.0.113.9'],
    [['loopback'], '203.0.113.9'],
    [false, '127.0.0.1'],
  ] as const)(
    'answers hits that came through a proxy, and limits them by the address of the client, with TRUST_PROXY=%s',
    async (trustProxy, address) => {
      await serve(trustedProxies({ trustProxy }));
      expect(await ask(BODY, { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' })).toBe('from memory');
      expect(judged.map(({ ip }) => ip)).toEqual([address]);
    },
  );
});
