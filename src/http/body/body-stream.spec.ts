import { PassThrough } from 'node:stream';
import { BodyBudget } from './body-budget.js';
import { BodyStream, type BodyMemory } from './body-stream.js';

const KEPT = 256 * 1024;

function bodyOf(stream: PassThrough, limits: { readonly maxBytes?: number; readonly idleTimeoutMs?: number } = {}): BodyStream {
  const memory = memoryOf(new BodyBudget({ maxBytes: 0, maxBytesPerCaller: 0 }));
  return new BodyStream(stream, { format: 'json', maxBytes: 100, idleTimeoutMs: 10_000, memory, ...limits });
}

function memoryOf(budget: BodyBudget): BodyMemory {
  return { take: (bytes) => budget.take('me', bytes), giveBack: (bytes) => budget.giveBack('me', bytes) };
}

async function read(body: BodyStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('BodyStream', () => {
  it('gives the chunks as they arrive', async () => {
    const stream = new PassThrough();
    const chunks = bodyOf(stream)[Symbol.asyncIterator]();
    stream.write('one');
    expect((await chunks.next()).value).toEqual(Buffer.from('one'));
    const next = chunks.next();
    stream.write('two');
    expect((await next).value).toEqual(Buffer.from('two'));
    stream.end();
    expect(await chunks.next()).toEqual({ done: true, value: undefined });
  });

  it('counts what its reader keeps, until the reader forgets it', async () => {
    const budget = new BodyBudget({ maxBytes: 100, maxBytesPerCaller: 100 });
    const stream = new PassThrough({ highWaterMark: 2 * KEPT });
    const body = new BodyStream(stream, { format: 'json', maxBytes: 9 * KEPT, idleTimeoutMs: 10_000, memory: memoryOf(budget) });
    const chunks = body[Symbol.asyncIterator]();
    const counts: number[] = [];
    for (const bytes of [KEPT, 60, 40]) {
      stream.write(Buffer.alloc(bytes));
      await chunks.next();
      counts.push(budget.bytes);
    }
    body.forget();
    stream.write(Buffer.alloc(KEPT));
    await chunks.next();
    expect([...counts, budget.bytes]).toEqual([0, 60, 100, 0]);
    stream.write(Buffer.alloc(101));
    await expect(chunks.next()).rejects.toMatchObject({ code: 'overloaded' });
    expect(budget.bytes).toBe(0);
  });

  it('reads an empty body', async () => {
    const stream = new PassThrough();
    stream.end();
    expect(await read(bodyOf(stream))).toBe('');
  });

  it('refuses a larger body, and discards the rest', async () => {
    const stream = new PassThrough();
    const reading = read(bodyOf(stream, { maxBytes: 5 }));
    stream.write('123456');
    await expect(reading).rejects.toMatchObject({ statusCode: 413 });
    const ended = new Promise((resolve) => stream.once('end', resolve));
    stream.end('the rest');
    await ended;
  });

  it('fails when the connection ends before the body', async () => {
    const stream = new PassThrough();
    const reading = read(bodyOf(stream));
    stream.write('half');
    setImmediate(() => stream.destroy());
    await expect(reading).rejects.toMatchObject({ statusCode: 400 });
    await expect(read(bodyOf(stream))).rejects.toMatchObject({ statusCode: 400 });
  });

  it('answers 408 to a pause that is too long, and discards the rest', async () => {
    const stream = new PassThrough();
    const reading = read(bodyOf(stream, { idleTimeoutMs: 20 }));
    stream.write('half');
    await expect(reading).rejects.toMatchObject({ statusCode: 408, message: expect.stringContaining('BODY_IDLE_TIMEOUT_MS') as string });
    const ended = new Promise((resolve) => stream.once('end', resolve));
    stream.end('late');
    await ended;
  });

  it('does not count the time in which the reader is busy', async () => {
    const stream = new PassThrough();
    const chunks = bodyOf(stream, { idleTimeoutMs: 20 })[Symbol.asyncIterator]();
    stream.write('one');
    await chunks.next();
    await new Promise((resolve) => setTimeout(resolve, 60));
    stream.end('two');
    expect((await chunks.next()).value).toEqual(Buffer.from('two'));
  });
});
