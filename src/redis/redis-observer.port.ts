/** What can go on without Redis. */
export type RedisRole = 'cache' | 'rate-limit' | 'token-limit';

/** Is told when a role stops to wait for Redis and when it asks it again, and at first how it starts. */
export interface RedisObserver {
  bypassing(role: RedisRole, isBypassed: boolean): void;
}
