import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisTarget } from '../config/index.js';

/** The version of the Redis protocol. Every Redis speaks it, and Bull and the cache store were written for its replies. */
const RESP_VERSION = 2;
const LONGEST_RECONNECT_DELAY_MS = 2_000;
/** A cluster's map of slots; the default of a second is too short for a busy machine. */
const SLOTS_TIMEOUT_MS = 2_000;

/** The options of ioredis that this service sets. */
export type RedisClientOptions = Omit<RedisOptions, 'replyMapping'>;

/** One connection, or one for each node of a cluster. */
export type RedisClient = Redis | Cluster;

/** Opens a client, which reconnects until it is disconnected. */
export function openRedis(target: RedisTarget, options: RedisClientOptions): RedisClient {
  const common: RedisClientOptions = {
    protocol: RESP_VERSION,
    retryStrategy: reconnectDelayMs,
    ...options,
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password }),
    ...('tls' in target && target.tls ? { tls: {} } : {}),
  };
  switch (target.kind) {
    case 'single':
      return new Redis({ ...common, host: target.host, port: target.port, db: target.db, family: target.family ?? 0 });
    case 'socket':
      return new Redis({ ...common, path: target.path, db: target.db });
    case 'sentinel':
      return new Redis({
        ...common,
        sentinels: [...target.nodes],
        name: target.master,
        db: target.db,
        sentinelRetryStrategy: reconnectDelayMs,
        enableTLSForSentinelMode: target.tls,
        ...(target.sentinelUsername === undefined ? {} : { sentinelUsername: target.sentinelUsername }),
        ...(target.sentinelPassword === undefined ? {} : { sentinelPassword: target.sentinelPassword }),
      });
    case 'cluster':
      return openCluster(target, common);
  }
}

function openCluster(target: Extract<RedisTarget, { readonly kind: 'cluster' }>, common: RedisClientOptions): Cluster {
  const { retryStrategy: _, enableOfflineQueue, ...redisOptions } = common;
  return new Cluster([...target.nodes], {
    redisOptions,
    clusterRetryStrategy: reconnectDelayMs,
    slotsRefreshTimeout: SLOTS_TIMEOUT_MS,
    ...(enableOfflineQueue === undefined ? {} : { enableOfflineQueue }),
    ...(target.tls ? { dnsLookup: (address, callback) => callback(null, address) } : {}), // certificates are for names
  });
}

function reconnectDelayMs(attempt: number): number {
  return Math.min(attempt * 100, LONGEST_RECONNECT_DELAY_MS);
}
