import { Logger } from '@nestjs/common';
import type { RedisClient } from '../../redis/index.js';

/** Warns of a Redis that may lose jobs and stored keys: it evicts keys, or keeps nothing on its disk. */
export async function warnOfForgetfulRedis(redis: RedisClient): Promise<void> {
  const info = await redis.info().catch(() => '');
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'noeviction';
  const logger = new Logger('Queue');
  if (policy !== 'noeviction')
    logger.warn(
      `The Redis of the queue has maxmemory-policy ${policy}: it may evict jobs and the keys that admins create. Set noeviction, or give QUEUE_REDIS_URL another Redis.`,
    );
  if (/^aof_enabled:0/m.test(info))
    logger.warn(
      'The Redis of the queue has appendonly off: jobs and the keys that admins create are lost when it ends. Set appendonly yes.',
    );
}
