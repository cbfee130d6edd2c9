import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { eventually } from '../../test/support/eventually.js';
import { startRedis, type StartedRedis } from '../../test/support/start-redis.js';
import { startSlowProxy, type SlowProxy } from '../../test/support/start-slow-proxy.js';
import { connectRedis } from './connect-redis.js';
import { RedisBreaker } from './redis-breaker.js';
import { FakeRedisObserver } from './redis-observer.fake.js';

const TIMEOUT_MS = 100;
const TOO_SLOW_MS = 300;
const FAILURES_UNTIL_BYPASS = 5;

let server: StartedRedis;
let proxy: SlowProxy;
let observer: FakeRedisObserver;
let breaker: RedisBreaker;

beforeEach(async () => {
  Logger.overrideLogger(false); // that Redis is gone is expected here
  server = await startRedis();
  proxy = await startSlowProxy(server.port);
  observer = new FakeRedisObserver();
  const client = await connectRedis(`redis://127.0.0.1:${proxy.port}`, 'cache');
  const probe = async (): Promise<unknown> => await client.set('probe', '');
  breaker = new RedisBreaker(client, { role: 'cache', timeoutMs: TIMEOUT_MS, observer, probe });
});

afterEach(async () => {
  breaker.disconnect();
  await proxy.stop();
  await server.crash();
});

async function ping(): Promise<string> {
  return await breaker.run((client) => client.ping());
}

async function answerOrNone(): Promise<string | undefined> {
  return await ping().catch(() => undefined);
}

async function failTimes(times: number): Promise<void> {
  for (let failure = 0; failure < times; failure++) expect(await answerOrNone()).toBeUndefined();
}

async function restart(): Promise<void> {
  server = await startRedis(server.port);
}

function pause(): Promise<void> {
  server.pause();
  return Promise.resolve();
}

function resume(): Promise<void> {
  server.resume();
  return Promise.resolve();
}

function delayBy(milliseconds: number): () => Promise<void> {
  return () => {
    proxy.delayMs = milliseconds;
    return Promise.resolve();
  };
}

describe('RedisBreaker', () => {
  it('passes answers on', async () => {
    expect(await ping()).toBe('PONG');
    expect([breaker.isBypassed, observer.changes]).toEqual([false, ['cache with Redis']]);
  });

  it('reports a Redis that answers with errors, keeps asking it, and uses it again when a probe succeeds', async () => {
    const admin = new Redis(server.url);
    const write = async (): Promise<unknown> => await breaker.run((client) => client.set('key', 'value'));
    await admin.config('SET', 'maxmemory', '1');
    for (let answer = 0; answer < 2 * FAILURES_UNTIL_BYPASS; answer++) await expect(write()).rejects.toThrow('OOM');
    expect([await ping(), breaker.isBypassed, await breaker.findFault()]).toEqual(['PONG', false, 'refuses commands (OOM)']);
    expect([observer.changes, observer.faults.at(-1)]).toEqual([['cache with Redis', 'cache without Redis'], 'refuses commands (OOM)']);

    await admin.config('SET', 'maxmemory', '0');
    await eventually('the cache with Redis', () => observer.changes.length === 3);
    expect([observer.changes.at(-1), await breaker.findFault()]).toEqual(['cache with Redis', undefined]);
    admin.disconnect();
  });

  it('does not treat a replica, which answers every PING, as a working Redis', async () => {
    const admin = new Redis(server.url);
    await admin.replicaof('127.0.0.1', '1');
    await expect(breaker.run((client) => client.set('key', 'value'))).rejects.toThrow('READONLY');
    expect(observer.changes.at(-1)).toBe('cache without Redis');
    await eventually('a fault by a probe', async () => (await breaker.findFault()) === 'refuses commands (READONLY)');
    await admin.replicaof('NO', 'ONE');
    await eventually('the cache with Redis', () => observer.changes.at(-1) === 'cache with Redis');
    admin.disconnect();
  });

  it('forgets failures that are not in a row', async () => {
    proxy.delayMs = TOO_SLOW_MS;
    await expect(ping()).rejects.toThrow(`no answer within ${TIMEOUT_MS} ms`);
    proxy.delayMs = 0;
    await eventually('an answer', answerOrNone);
    proxy.delayMs = TOO_SLOW_MS;
    await failTimes(FAILURES_UNTIL_BYPASS - 1);
    expect(breaker.isBypassed).toBe(false);
  });

  it.each([
    { fault: 'too slow', fail: delayBy(TOO_SLOW_MS), heal: delayBy(0) },
    { fault: 'hanging', fail: pause, heal: resume },
    { fault: 'gone', fail: () => server.crash(), heal: restart },
  ])('stops asking a Redis that is $fault after five failures, and asks again by itself when it answers', async ({ fail, heal }) => {
    await fail();
    await failTimes(FAILURES_UNTIL_BYPASS);
    await expect(ping()).rejects.toThrow('Redis is bypassed');
    expect(observer.changes).toEqual(['cache with Redis', 'cache without Redis']);

    await heal();
    await eventually('an answer', answerOrNone);
    expect([breaker.isBypassed, observer.changes.at(-1)]).toEqual([false, 'cache with Redis']);
  });

  it('makes a new connection when the old one died unnoticed', async () => {
    const admin = new Redis(server.url);
    const connections = async (): Promise<number> =>
      ((await admin.client('LIST')) as string).split('name=embedding-pipeline:cache').length - 1;
    expect(await connections()).toBe(1);
    proxy.delayMs = 3_600_000; // bytes of this connection are never passed on, but those of later connections are
    await failTimes(1);
    proxy.delayMs = 0;
    await failTimes(FAILURES_UNTIL_BYPASS - 1);
    await eventually('an answer', answerOrNone);
    admin.disconnect();
  });
});
