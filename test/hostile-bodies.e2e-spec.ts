import { connect, type Socket } from 'node:net';
import { eventually } from './support/eventually.js';
import { mostCpuPerAnswerMs } from './support/most-cpu-per-answer.js';
import { postJson } from './support/post-json.js';
import { type StartedService, startService } from './support/start-service.js';

jest.setTimeout(180_000);

const MIB = 1024 * 1024;
const MOST_CPU_MS = 200;

let service: StartedService;

beforeAll(async () => {
  service = await startService({ RATE_LIMIT_REQUESTS: '0', MAX_BODY_MB: '4', MAX_BODIES_MB: '16', BODY_IDLE_TIMEOUT_MS: '2000' });
});

const port = (): number => Number(new URL(service.url).port);

function head(path: string, bytes: number, more = ''): string {
  return `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\n${more}\r\n`;
}

/** Sends the whole request before it reads, as Python's urllib does; resolves to all received bytes. */
async function sendThenRead(request: string, body: Buffer): Promise<string> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ port: port(), host: '127.0.0.1', allowHalfOpen: true });
    let answer = '';
    socket.pause();
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('error', reject);
    socket.on('end', () => {
      socket.destroy();
      resolve(answer);
    });
    socket.write(request);
    socket.write(body, () => socket.resume());
  });
}

describe('bodies of hostile shapes', () => {
  const shapes: readonly { what: string; path: string; body: () => string; message: RegExp }[] = [
    {
      what: 'a hundred thousand unknown fields',
      path: '/embed/batch',
      body: () => `{"texts":["a"],${Array.from({ length: 100_000 }, (_, index) => `"k${index}":1`).join(',')}}`,
      message: /at most 1000 fields/,
    },
    {
      what: 'nine hundred unknown fields',
      path: '/embed/batch',
      body: () => `{"texts":["a"],${Array.from({ length: 900 }, (_, index) => `"k${index}":1`).join(',')}}`,
      message: /^k0 is not a known field; remove it \(and 899 more\)$/,
    },
    {
      what: 'a million empty arrays',
      path: '/v1/embeddings',
      body: () => `{"model":"m","input":[${'[],'.repeat(1e6)}[]]}`,
      message: /at most/,
    },
    {
      what: 'two million short texts',
      path: '/embed/batch',
      body: () => `{"texts":[${'"a",'.repeat(2e6)}"a"]}`,
      message: /1 to 100 texts/,
    },
    {
      what: 'great depth',
      path: '/embed/batch',
      body: () => `{"texts":${'['.repeat(300_000)}${']'.repeat(300_000)}}`,
      message: /at most 100 levels/,
    },
    {
      what: 'great depth in a job',
      path: '/jobs',
      body: () => `{"texts":${'['.repeat(300_000)}${']'.repeat(300_000)}}`,
      message: /^texts\[0\] must be a string, not an array$/,
    },
    {
      what: 'a text of 60 MB in a job',
      path: '/jobs',
      body: () => `{"texts":["${'x'.repeat(60e6)}"]}`,
      message: /^texts\[0\] is longer than any text may be$/,
    },
    {
      what: 'names as long as the body',
      path: '/embed/batch',
      body: () => `{"texts":["a"],"${'x'.repeat(3 * MIB)}":1}`,
      message: /^x{100}… is not a known field/,
    },
    {
      what: 'escapes',
      path: '/embed/batch',
      body: () => `{"texts":["${'\\u0041'.repeat(700_000)}"]}`,
      message: /at most 10000 characters/,
    },
  ];

  it.each(shapes)('$what are refused with a 400 while /health/live answers', async ({ path, body, message }) => {
    const answer = postJson<{ message?: string; error: string | { message: string } }>(`${service.url}${path}`, body());
    const cpuMs = await mostCpuPerAnswerMs(service, answer);
    const { status, body: error } = await answer;
    expect(status).toBe(400);
    expect(error.message ?? (error.error as { message: string }).message).toMatch(message);
    expect(cpuMs).toBeLessThan(MOST_CPU_MS);
  });

  it('are refused in the same way if they are not UTF-8, small and large', async () => {
    for (const bytes of [10, 100_000]) {
      const body = Buffer.concat([Buffer.from('{"text":"'), Buffer.alloc(bytes, 0xff), Buffer.from('"}')]);
      const answer = await fetch(`${service.url}/embed`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      expect({ status: answer.status, message: ((await answer.json()) as { message: string }).message }).toEqual({
        status: 400,
        message: 'The body must be UTF-8.',
      });
    }
  });

  it('are answered if the shape is valid, even for 2,000 texts with many commas', async () => {
    const input = Array.from({ length: 2000 }, () => `a text${',:[{'.repeat(300)}`);
    const answer = await postJson<{ data: unknown[] }>(`${service.url}/v1/embeddings`, {
      model: 'all-MiniLM-L6-v2',
      input,
      dimensions: null,
    });
    expect(answer.status).toBe(200);
    expect(answer.body.data).toHaveLength(2000);
  });
});

describe('bodies that are announced but not sent', () => {
  const withheld: Socket[] = [];

  afterEach(() => {
    for (const socket of withheld.splice(0)) socket.destroy();
  });

  /** Sends all bytes except the last; resolves to the answer, if there is one. */
  function withhold(bytes: number): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect(port(), '127.0.0.1', () => {
        socket.write(head('/v1/embeddings', bytes));
        socket.write(Buffer.alloc(bytes - 1, ' '));
      });
      let answer = '';
      socket.on('data', (data) => {
        answer += data.toString();
        resolve(answer);
      });
      socket.on('error', () => resolve(answer));
      withheld.push(socket);
    });
  }

  it('are refused past MAX_BODIES_MB with 503 and Retry-After, and after BODY_IDLE_TIMEOUT_MS with 408', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => withhold(3 * MIB)));
    const refused = answers.filter((answer) => answer.startsWith('HTTP/1.1 503 '));
    expect(refused).toHaveLength(4); // two of 3 MiB are within the caller's 8 MiB
    for (const answer of refused) expect(answer).toMatch(/retry-after: 5\r\n/i);
    expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 408 '))).toHaveLength(2);
    await eventually('room again', async () => (await postJson(`${service.url}/embed`, { text: 'a' })).status === 200);
  });
});

describe('a refusal of a body that is still being sent', () => {
  it.each([1, 6, 70])('reaches a client that sends all of %d MiB before it reads', async (mebibytes) => {
    const body = Buffer.alloc(mebibytes * MIB, 'x');
    const close = 'Connection: close\r\n';
    const cases = [
      { status: 404, request: head('/no-such-route', body.length, close) },
      { status: mebibytes > 1 ? 413 : 400, request: head('/v1/embeddings', body.length, close) },
      { status: 415, request: head('/embed', body.length, close).replace('application/json', 'text/plain') },
    ];
    for (const { status, request } of cases) expect((await sendThenRead(request, body)).slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
  });
});
