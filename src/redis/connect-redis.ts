import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';

/** Longer than any healthy answer; a command that takes longer has failed. Callers that cannot wait this long use a RedisBreaker. */
const COMMAND_TIMEOUT_MS = 500;
const KEEP_ALIVE_MS = 10_000;
/** Version of the Redis protocol: every Redis speaks it, and Bull and the cache store were written for its replies. */
export const RESP_VERSION = 2;
/** The pause between two questions to a Redis that still reads its data from disk. */
const LOADING_RETRY_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
const LONGEST_RECONNECT_DELAY_MS = 2_000;
/** A connection that is not closed this long after `disconnect` is cut. ioredis waits even if it was closed before. */
const CLOSE_TIMEOUT_MS = 500;

interface ConnectOptions {
  readonly commandTimeoutMs?: number;
}

/**
 * One connection for one role. The caller must `disconnect` it.
 * Resolves once Redis answers, or after two seconds without: then commands fail at once until the connection is there.
 */
export async function connectRedis(
  url: string,
  role: string,
  { commandTimeoutMs = COMMAND_TIMEOUT_MS }: ConnectOptions = {},
): Promise<Redis> {
  const redis = new Redis(url, {
    protocol: RESP_VERSION,
    connectionName: `embedding-pipeline:${role}`,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAlive: KEEP_ALIVE_MS,
    disconnectTimeout: CLOSE_TIMEOUT_MS,
    maxLoadingRetryTime: LOADING_RETRY_MS,
    retryStrategy: (attempt) => Math.min(attempt * 100, LONGEST_RECONNECT_DELAY_MS),
  });
  logChanges(redis, role);
  await firstConnection(redis);
  return redis;
}

/** One line when Redis goes and one when it is back, not one for every attempt between. */
function logChanges(redis: Redis, role: string): void {
  const logger = new Logger('Redis');
  let reachable = true;
  redis.on('error', (error: Error) => {
    if (reachable) logger.warn(`The ${role} cannot reach Redis: ${error.message}`);
    reachable = false;
  });
  redis.on('ready', () => {
    if (!reachable) logger.log(`The ${role} reaches Redis again`);
    reachable = true;
  });
}

async function firstConnection(redis: Redis): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, CONNECT_TIMEOUT_MS);
    redis.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
