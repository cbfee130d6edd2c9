import { FakeConnection } from './link-channel.fake.js';
import type { Topic } from './topic.js';

const DOUBLE: Topic<number, number> = { name: 'double' };
const ECHO: Topic<unknown, unknown> = { name: 'echo' };
const LONG_MS = 10_000;

describe('ProcessLink', () => {
  let connection: FakeConnection;

  beforeEach(() => {
    connection = new FakeConnection();
    connection.one.answer(DOUBLE, (number) => 2 * number);
    connection.other.answer(DOUBLE, (number) => Promise.resolve(2 * number));
    connection.other.answer(ECHO, (question) => question);
  });

  it('gives each question its own answer, in both directions', async () => {
    const numbers = [1, 2, 3, 4];
    const answers = numbers.flatMap((number) => [
      connection.one.ask(DOUBLE, number, LONG_MS),
      connection.other.ask(DOUBLE, -number, LONG_MS),
    ]);
    expect(await Promise.all(answers)).toEqual([2, -2, 4, -4, 6, -6, 8, -8]);
  });

  it('carries what is said in one turn of the event loop in one message', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, number) => connection.one.ask(ECHO, number, LONG_MS)));
    expect(connection.carried).toBe(2);
  });

  it.each([undefined, null, Number.NaN, Infinity, [{ a: undefined }]])('carries %p as it is', async (value) => {
    expect(await connection.one.ask(ECHO, value, LONG_MS)).toEqual(value);
  });

  it('tells the one who asks what was thrown', async () => {
    connection.one.answer(DOUBLE, () => {
      throw new Error('too large');
    });
    connection.other.answer(DOUBLE, () => Promise.reject(new Error('too small')));
    await expect(connection.other.ask(DOUBLE, 1, LONG_MS)).rejects.toThrow('too large');
    await expect(connection.one.ask(DOUBLE, 1, LONG_MS)).rejects.toThrow('too small');
  });

  it('rejects at once what nobody answers', async () => {
    await expect(connection.other.ask(ECHO, 1, LONG_MS)).rejects.toThrow('nobody answers about echo');
  });

  it('rejects what is not answered in time, and what nobody will answer any more', async () => {
    connection.isCut = true;
    await expect(connection.one.ask(ECHO, 1, 1)).rejects.toThrow('no answer about echo within 1 ms');
    const waiting = connection.one.ask(ECHO, 1, LONG_MS);
    connection.one.close();
    await expect(waiting).rejects.toThrow('gone');
    await expect(connection.one.ask(ECHO, 1, LONG_MS)).rejects.toThrow('gone');
  });
});
