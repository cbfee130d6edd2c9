import { eventually } from '../../test/support/eventually.js';
import { FakeConnection } from '../process-link/link-channel.fake.js';
import { MemoryThrottlerStorage } from './memory-throttler-storage.js';
import { countCalls, SupervisedThrottlerStorage } from './supervised-throttler-storage.js';
import { describeThrottlerStorage, type TimedThrottlerStorage } from './throttler-storage.contract.js';

function openSupervised(): TimedThrottlerStorage {
  let now = 0;
  const { one: supervisor, other: httpProcess } = new FakeConnection();
  countCalls(supervisor, new MemoryThrottlerStorage(() => now));
  return {
    storage: new SupervisedThrottlerStorage(httpProcess),
    pass: (milliseconds) => {
      now += milliseconds;
      return Promise.resolve();
    },
  };
}

describeThrottlerStorage('SupervisedThrottlerStorage', openSupervised);

describe('SupervisedThrottlerStorage', () => {
  it('counts the calls of all processes in one window', async () => {
    const windows = new MemoryThrottlerStorage();
    const storages = Array.from({ length: 3 }, () => {
      const { one, other } = new FakeConnection();
      countCalls(one, windows);
      return new SupervisedThrottlerStorage(other);
    });
    const calls = storages.flatMap((storage) => Array.from({ length: 20 }, async () => await storage.increment('caller', 60_000, 20)));
    const passed = (await Promise.all(calls)).filter(({ isBlocked }) => !isBlocked);

    expect(passed).toHaveLength(20);
  });

  it('rejects while the supervisor does not answer, so that another storage can count', async () => {
    const connection = new FakeConnection();
    countCalls(connection.one, new MemoryThrottlerStorage());
    connection.isCut = true;
    const storage = new SupervisedThrottlerStorage(connection.other, 20);
    await expect(storage.increment('caller', 60_000, 20)).rejects.toThrow('no answer');
    await expect(storage.increment('caller', 60_000, 20)).rejects.toThrow('does not answer');

    connection.isCut = false;
    const record = await eventually('an answer', async () => await storage.increment('caller', 60_000, 20).catch(() => undefined));
    expect(record).toMatchObject({ totalHits: 1, isBlocked: false });
  });
});
