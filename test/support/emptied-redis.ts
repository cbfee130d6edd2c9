import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { startRedis, type StartedRedis } from './start-redis.js';

export interface EmptiedRedis {
  readonly url: string;
  /** For looking into it, and for settings. */
  readonly admin: Redis;
}

/** A Redis for all tests of this file, without a key at the beginning of each. That others are gone is not logged. */
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
