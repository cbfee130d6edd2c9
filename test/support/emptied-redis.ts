import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { startRedis, type StartedRedis } from './start-redis.js';

export interface EmptiedRedis {
  readonly url: string;
  /** A connection for looking into it, and for settings. */
  readonly admin: Redis;
}

/** Starts a Redis for all tests of a file, and deletes all keys before each. The loss of other connections is not logged. */
export function emptiedRedis(): EmptiedRedis {
  let server: StartedRedis;
  let admin: Redis;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    server = await startRedis();
    admin = new Redis(server.url);
  });

  beforeEach(async () => {
    await admin.flushall();
  });

  afterAll(async () => {
    admin.disconnect();
    await server.stop();
  });

  return {
    get url() {
      return server.url;
    },
    get admin() {
      return admin;
    },
  };
}
