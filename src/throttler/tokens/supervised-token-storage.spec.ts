import { FakeConnection } from '../../process-link/link-channel.fake.js';
import { MemoryTokenStorage } from './memory-token-storage.js';
import { countTokens, SupervisedTokenStorage } from './supervised-token-storage.js';
import { describeTokenStorage } from './token-storage.contract.js';

describeTokenStorage('SupervisedTokenStorage', () => {
  let now = 0;
  const { one: supervisor, other: httpProcess } = new FakeConnection();
  countTokens(supervisor, new MemoryTokenStorage(() => now));
  return {
    storage: new SupervisedTokenStorage(httpProcess),
    pass: (milliseconds) => {
      now += milliseconds;
      return Promise.resolve();
    },
  };
});

describe('SupervisedTokenStorage', () => {
  it('counts the tokens of all processes in one window', async () => {
    const windows = new MemoryTokenStorage();
    const storages = Array.from({ length: 3 }, () => {
      const { one, other } = new FakeConnection();
      countTokens(one, windows);
      return new SupervisedTokenStorage(other);
    });
    const limit = { tokens: 100, windowMs: 60_000 };
    const wishes = storages.flatMap((storage) => Array.from({ length: 10 }, async () => await storage.reserve('caller', 10, limit)));

    expect((await Promise.all(wishes)).filter(({ isRefused }) => !isRefused)).toHaveLength(10);
  });
});
