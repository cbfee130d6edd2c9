import { Logger } from '@nestjs/common';
import { parseRedisUrl, type RedisTarget } from '../config/index.js';
import type { openRedis, RedisClient } from './open-redis.js';
import type { RedisObserver } from './redis-observer.port.js';
import { RefusalWatch } from './refusal-watch.js';

/** Longer than any healthy answer; a command that takes longer has failed. Callers that cannot wait as long use a RedisBreaker. */
const COMMAND_TIMEOUT_MS = 500;
const KEEP_ALIVE_MS = 10_000;
/** How often a Redis that is reading its data from disk is asked whether it is ready. */
const LOADING_RETRY_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** A connection that is not closed this long after `disconnect` is cut. ioredis waits even if it was closed before. */
const CLOSE_TIMEOUT_MS = 500;

interface ConnectOptions {
  readonly commandTimeoutMs?: number;
  readonly observer?: Pick<RedisObserver, 'refused'>;
}

/**
 * Opens a client for one role; the caller must `disconnect` it. Resolves once Redis answers, or after two seconds: then
 * commands fail at once until there is a connection.
 */
export async function connectRedis(
  url: string,
  role: string,
  { commandTimeoutMs = COMMAND_TIMEOUT_MS, observer }: ConnectOptions = {},
): Promise<RedisClient> {
  const watch = new RefusalWatch(role, observer);
  const open = await loadRedis();
  const redis = open(redisTargetOf(url), {
    connectionName: `embedding-pipeline:${role}`,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAlive: KEEP_ALIVE_MS,
    disconnectTimeout: CLOSE_TIMEOUT_MS,
    maxLoadingRetryTime: LOADING_RETRY_MS,
    reconnectOnError: (error) => watch.reconnectsOn(error),
  });
  logChanges(redis, role);
  await firstConnection(redis);
  return redis;
}

/** Loads ioredis, which a service without a Redis does without: it takes a tenth of the start. */
export async function loadRedis(): Promise<typeof openRedis> {
  return (await import('./open-redis.js')).openRedis;
}

/** Throws for a URL that the settings would have refused. */
export function redisTargetOf(url: string): RedisTarget {
  const target = parseRedisUrl(url);
  if (typeof target === 'string') throw new Error(`The URL of Redis is not allowed: use ${target}`);
  return target;
}

/** Logs a line when Redis goes and a line when it is back, not one for every attempt between. */
function logChanges(redis: RedisClient, role: string): void {
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

async function firstConnection(redis: RedisClient): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, CONNECT_TIMEOUT_MS);
    redis.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
