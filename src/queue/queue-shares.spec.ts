import { KeyDirectory } from '../auth/index.js';
import { QueueShares } from './queue-shares.js';

const AUTH = { keysFile: undefined, adminKey: undefined, store: undefined };
const KEY = { hash: 'ab', role: 'client', requests: undefined, tokens: undefined } as const;
const QUEUE = { maxOpenJobs: 1000, sharePerKey: { jobs: 250, texts: 5000 } };
const shares = new QueueShares(
  new KeyDirectory({
    ...AUTH,
    apiKeys: [
      { ...KEY, name: 'usual' },
      { ...KEY, name: 'own', queuedJobs: 3, queuedTexts: 70 },
      { ...KEY, name: 'unlimited', queuedJobs: 0, queuedTexts: 0 },
    ],
  }),
  QUEUE,
);

describe('QueueShares', () => {
  it('gives a key its own limits, or those of every key', () => {
    expect([shares.of('usual'), shares.of('own')]).toEqual([
      { jobs: 250, texts: 5000 },
      { jobs: 3, texts: 70 },
    ]);
  });

  it.each(['', 'unlimited'])('gives account "%s" the whole queue', (account) => {
    expect(shares.of(account)).toEqual({ jobs: 1000, texts: Number.MAX_SAFE_INTEGER });
  });

  it('never gives more jobs than the whole queue may have', () => {
    expect(new QueueShares(new KeyDirectory({ ...AUTH, apiKeys: [] }), { ...QUEUE, maxOpenJobs: 10 }).of('any')).toMatchObject({
      jobs: 10,
    });
  });
});
