import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { clientErrorHandler, closeIdleConnections } from './client-errors.js';

const LONG_MS = 60_000;
const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

let server: Server;

async function serve(unusedMs: number): Promise<void> {
  server = createServer({ headersTimeout: 50, connectionsCheckingInterval: 10 }, (_request, answer) => answer.end('answered'));
  server.on('clientError', clientErrorHandler({ unusedMs })).listen(0, '127.0.0.1');
  await once(server, 'listening');
}

async function open(): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('utf8');
  await once(socket, 'connect');
  return socket;
}

async function allFrom(socket: Socket): Promise<string> {
  let all = '';
  for await (const part of socket) all += String(part);
  return all;
}

afterEach(() => server.close());

describe('a connection that was kept alive', () => {
  const KEEP_ALIVE_MS = 1;
  const NODES_GRACE_MS = 1000;

  async function keptAlive(): Promise<Socket> {
    server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (_request, answer) => answer.end('answered')).listen(0, '127.0.0.1');
    closeIdleConnections(server);
    await once(server, 'listening');
    const socket = await open();
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'data');
    return socket;
  }

  it('answers a request that came in time but is read late, because the process was paused', async () => {
    const socket = await keptAlive();
    socket.write(REQUEST);
    for (const until = performance.now() + NODES_GRACE_MS + 100; performance.now() < until;);
    expect(await allFrom(socket)).toMatch(/^HTTP\/1\.1 200 .*answered$/s);
  });

  it('is closed when its time is over', async () => {
    expect(await allFrom(await keptAlive())).toBe('');
  });
});

describe('a connection on which Node waited too long', () => {
  it('gets no 408 if nothing has come, so that a first request on its way is answered', async () => {
    await serve(LONG_MS);
    const socket = await open();
    await once(server, 'clientError');
    socket.write(REQUEST);
    expect(await allFrom(socket)).toMatch(/^HTTP\/1\.1 200 .*answered$/s);
  });

  it('is closed without an answer if nothing came for longer than unusedMs', async () => {
    await serve(1);
    expect(await allFrom(await open())).toBe('');
  });

  it('gets a 408 and is closed if a request began', async () => {
    await serve(LONG_MS);
    const socket = await open();
    socket.write(REQUEST.slice(0, 20));
    const [head, body = ''] = (await allFrom(socket)).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\nConnection: close\r\n/);
    expect(JSON.parse(body)).toEqual({
      statusCode: 408,
      error: 'Request Timeout',
      message: expect.stringContaining('without a pause') as string,
      code: 'request_timeout',
    });
  });

  it('gets a 400 for bytes that are not HTTP', async () => {
    await serve(LONG_MS);
    const socket = await open();
    socket.write('hello\r\n\r\n');
    expect(await allFrom(socket)).toMatch(/^HTTP\/1\.1 400 .*"code":"invalid_request"/s);
  });
});
