import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { compilePrograms } from '../../test/support/compile-programs.js';
import { ServiceError } from '../errors/index.js';
import { Link, LinkTimeoutError } from './link.js';
import { childPort, threadPort } from './link-port.js';
import { CRASH, DOUBLE, DOUBLE_LATER, ECHO, FAIL, REFUSE, SILENCE, STRANGE, TOLD, TWICE_TOLD, VECTOR } from './test-topics.fake.js';
import type { Topic } from './topic.js';

const PROGRAM = new URL('test-program.fake.js', compilePrograms(__dirname, [join(__dirname, '../errors')]));

interface Started {
  readonly link: Link;
  /** How the reason tells that the program has ended with code 3. */
  readonly crash: string;
  stop(): Promise<unknown>;
}

function startThread(): Started {
  const worker = new Worker(PROGRAM);
  return { link: new Link(threadPort(worker)), crash: 'the thread ended with code 3', stop: () => worker.terminate() };
}

function startProcess(): Started {
  const child = fork(fileURLToPath(PROGRAM), { serialization: 'advanced', execArgv: [] });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  return {
    link: new Link(childPort(child)),
    crash: 'the process ended with code 3',
    stop: () => {
      child.kill('SIGKILL');
      return gone;
    },
  };
}

describe.each([
  { peer: 'a worker thread', start: startThread },
  { peer: 'a child process', start: startProcess },
])('Link to $peer', ({ start }) => {
  let program: Started;
  let link: Link;

  beforeEach(async () => {
    program = start();
    ({ link } = program);
    await link.present();
  });

  afterEach(async () => {
    await program.stop();
  });

  it('gives each question its own answer, in any order of answers', async () => {
    const answers = [3, 2, 1].map((number) => link.ask(DOUBLE_LATER, { number, afterMs: 20 * number }));
    const order: number[] = [];
    for (const answer of answers) void answer.then((number) => order.push(number));
    expect(await Promise.all([...answers, link.ask(DOUBLE, 50)])).toEqual([6, 4, 2, 100]);
    expect(order).toEqual([2, 4, 6]);
  });

  it('lets the other end ask and notify too, in the order in which it did', async () => {
    const told: string[] = [];
    link.answer(TOLD, (word) => void told.push(word));
    link.answer(DOUBLE, (number) => {
      told.push(`asked about ${number}`);
      return 2 * number;
    });
    expect(await link.ask(TWICE_TOLD, 'told')).toBe(42);
    expect(told).toEqual(['told before the answer', 'asked about 21']);
  });

  it.each([undefined, null, Number.NaN, Infinity, [{ a: undefined }], new Map([['a', 1]])])('carries %p as it is', async (value) => {
    expect(await link.ask(ECHO, value)).toEqual(value);
  });

  it('carries a vector as a vector', async () => {
    const vector = await link.ask(VECTOR, 4);
    expect(Object.prototype.toString.call(vector)).toBe('[object Float32Array]');
    expect([...vector]).toEqual([0, 1, 2, 3]);
  });

  it('rejects with the message that the other end has thrown, and with its cause for the log', async () => {
    const failure: unknown = await link.ask(FAIL, undefined).catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: 'too large', cause: { message: expect.stringContaining('Error: the cause') } });
  });

  it('carries the code, the faults and the seconds of a ServiceError', async () => {
    const failure: unknown = await link.ask(REFUSE, undefined).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ServiceError);
    expect(failure).toMatchObject({
      code: 'unavailable',
      message: 'Try again.',
      retryAfterSeconds: 7,
      faults: [{ field: 'texts[3]', message: 'is empty' }],
    });
  });

  it('rejects a question that the other end does not know', async () => {
    const unknown: Topic<void, void> = { name: 'unknown' };
    await expect(link.ask(unknown, undefined)).rejects.toThrow('the other end does not answer about unknown');
  });

  it('rejects a question and an answer that cannot be cloned, and continues', async () => {
    await expect(link.ask(ECHO, () => undefined)).rejects.toThrow('could not be cloned');
    await expect(link.ask(STRANGE, undefined)).rejects.toThrow('could not be cloned');
    expect(await link.ask(DOUBLE, 1)).toBe(2);
  });

  it('rejects a question that is not answered in time, and ignores its late answer', async () => {
    await expect(link.ask(SILENCE, undefined, { timeoutMs: 1 })).rejects.toThrow(LinkTimeoutError);
    await expect(link.ask(DOUBLE_LATER, { number: 1, afterMs: 20 }, { timeoutMs: 1 })).rejects.toThrow(
      'no answer about double-later within 1 ms',
    );
    expect(await link.ask(DOUBLE_LATER, { number: 2, afterMs: 40 }, { timeoutMs: 10_000 })).toBe(4);
  });

  it('rejects all questions when the other end dies, and every later one', async () => {
    const waiting = [link.ask(SILENCE, undefined), link.ask(SILENCE, undefined, { timeoutMs: 60_000 }), link.ask(CRASH, undefined)];
    for (const { status, reason } of (await Promise.allSettled(waiting)) as readonly PromiseRejectedResult[]) {
      expect([status, String(reason)]).toEqual(['rejected', `Error: ${program.crash}`]);
    }
    expect(link.isOpen).toBe(false);
    expect((await link.ended).message).toBe(program.crash);
    await expect(link.ask(DOUBLE, 1)).rejects.toThrow(program.crash);
    link.notify(TOLD, 'to nobody');
  });

  it('rejects all questions when this end closes', async () => {
    const waiting = link.ask(SILENCE, undefined);
    link.close(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(link.ask(DOUBLE, 1)).rejects.toThrow('enough');
  });
});

describe('Link to a worker thread', () => {
  it('reports why the program could not start', async () => {
    const worker = new Worker('throw new Error("no such model")', { eval: true });
    await expect(new Link(threadPort(worker)).present()).rejects.toThrow('no such model');
  });
});
