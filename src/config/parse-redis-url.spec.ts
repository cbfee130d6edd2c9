import { parseRedisUrl, type RedisTarget } from './parse-redis-url.js';

const NO_LOGIN = { username: undefined, password: undefined };
const SINGLE = { kind: 'single', port: 6379, ...NO_LOGIN, db: 0, tls: false, family: undefined };
const NO_SENTINEL_LOGIN = { sentinelUsername: undefined, sentinelPassword: undefined };

describe('parseRedisUrl', () => {
  it.each<[string, object]>([
    ['redis://host', { ...SINGLE, host: 'host' }],
    ['redis://host/', { ...SINGLE, host: 'host' }],
    ['redis://host:6380/3', { ...SINGLE, host: 'host', port: 6380, db: 3 }],
    ['redis://host?db=2&family=6', { ...SINGLE, host: 'host', db: 2, family: 6 }],
    ['redis://[::1]:6380', { ...SINGLE, host: '::1', port: 6380 }],
    ['rediss://user:p%40ss%2F%3A@host', { ...SINGLE, host: 'host', username: 'user', password: 'p@ss/:', tls: true }],
    ['redis://:a:b@host', { ...SINGLE, host: 'host', password: 'a:b' }],
    ['redis://user:p@ss@host', { ...SINGLE, host: 'host', username: 'user', password: 'p@ss' }],
    ['redis+unix:///run/redis.sock', { kind: 'socket', path: '/run/redis.sock', ...NO_LOGIN, db: 0 }],
    ['redis+unix://:word@/run/redis.sock?db=4', { kind: 'socket', path: '/run/redis.sock', username: undefined, password: 'word', db: 4 }],
    [
      'redis+cluster://h1:7000,h2,[::1]:7002',
      {
        kind: 'cluster',
        nodes: [
          { host: 'h1', port: 7000 },
          { host: 'h2', port: 6379 },
          { host: '::1', port: 7002 },
        ],
        ...NO_LOGIN,
        tls: false,
      },
    ],
    ['rediss+cluster://u:p@h', { kind: 'cluster', nodes: [{ host: 'h', port: 6379 }], username: 'u', password: 'p', tls: true }],
    [
      'redis+sentinel://h1:26380,h2/mymaster/1',
      {
        kind: 'sentinel',
        nodes: [
          { host: 'h1', port: 26_380 },
          { host: 'h2', port: 26_379 },
        ],
        master: 'mymaster',
        ...NO_LOGIN,
        ...NO_SENTINEL_LOGIN,
        db: 1,
        tls: false,
      },
    ],
    [
      'redis+sentinel://u:p@h/m?sentinel_username=su&sentinel_password=s%2Bp',
      {
        kind: 'sentinel',
        nodes: [{ host: 'h', port: 26_379 }],
        master: 'm',
        username: 'u',
        password: 'p',
        sentinelUsername: 'su',
        sentinelPassword: 's+p',
        db: 0,
        tls: false,
      },
    ],
  ])('reads %s', (url, target) => {
    expect(parseRedisUrl(url)).toEqual(target as RedisTarget);
  });

  it.each([
    ['http://host', 'one of redis://'],
    ['host:6379', 'one of redis://'],
    ['redis:host', 'one of redis://'],
    ['redis+tcp://host', 'one of redis://'],
    ['redis://', 'host 1 is none'],
    ['redis://h1,h2', 'one host; redis+cluster://'],
    ['redis://host:0', 'a port from 1 to 65535'],
    ['redis://host:70000', 'a port from 1 to 65535'],
    ['redis://host:port', 'host 1 is none'],
    ['redis://host/first', 'a whole number, such as /0'],
    ['redis://host/0/1', 'a whole number, such as /0'],
    ['redis://host?database=1', 'no parameters after ? but db, family'],
    ['redis://host#1', 'one of redis://'],
    ['redis://us%er@host', 'write % itself as %25'],
    ['rediss+unix:///run/redis.sock', 'a socket has no TLS'],
    ['redis+unix://run/redis.sock', 'three slashes'],
    ['redis+unix:///', 'three slashes'],
    ['redis+cluster://h1:7000,,h2', 'host 2 is none'],
    ['redis+cluster://h1:7000/1', 'a cluster has one database'],
    ['redis+cluster://h1?db=1', 'nothing after the hosts'],
    ['redis+sentinel://h1:26379', 'redis+sentinel://hosts/MASTER/DB'],
    ['redis+sentinel://h1/mymaster/one', 'a whole number, such as /0'],
  ])('refuses %s', (url, fault) => {
    expect(parseRedisUrl(url)).toEqual(expect.stringContaining(fault));
  });

  it('does not show a URL that it refuses', () => {
    expect(parseRedisUrl('redis://user:hush@host:port')).not.toContain('hush');
  });
});
