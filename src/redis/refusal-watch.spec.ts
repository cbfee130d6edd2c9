import { Logger } from '@nestjs/common';
import { FakeRedisObserver } from './redis-observer.fake.js';
import { RefusalWatch } from './refusal-watch.js';

let now: number;
let observer: FakeRedisObserver;
let watch: RefusalWatch;
let warnings: jest.SpyInstance;

beforeEach(() => {
  now = 0;
  observer = new FakeRedisObserver();
  watch = new RefusalWatch('job-store', observer, () => now);
  warnings = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
});

afterEach(() => {
  warnings.mockRestore();
});

function answerWith(message: string): boolean {
  const error = new Error(message);
  error.name = 'ReplyError';
  return watch.reconnectsOn(error);
}

describe('RefusalWatch', () => {
  it('reconnects when a master has become a replica, at most once a second', () => {
    const answers = [answerWith('READONLY no'), answerWith('READONLY no')];
    now += 1_000;
    expect([...answers, answerWith('READONLY no'), answerWith('OOM no')]).toEqual([true, false, true, false]);
  });

  it('counts every refusal, and logs each kind again only after a minute without it', () => {
    for (let second = 0; second < 120; second++) {
      answerWith('OOM command not allowed with secret arguments');
      now += 1_000;
    }
    answerWith('NOPERM no');
    expect(observer.refusals).toHaveLength(121);
    expect(warnings.mock.calls).toEqual([
      ['Redis refuses commands of the job-store: OOM'],
      ['Redis refuses commands of the job-store: NOPERM'],
    ]);
    now += 61_000;
    answerWith('OOM no');
    expect(warnings).toHaveBeenCalledTimes(3);
  });

  it.each(['NOSCRIPT No matching script', 'MOVED 1 127.0.0.1:7001', 'ASK 1 127.0.0.1:7001'])('leaves %s to ioredis', (message) => {
    expect([answerWith(message), observer.refusals]).toEqual([false, []]);
  });
});
