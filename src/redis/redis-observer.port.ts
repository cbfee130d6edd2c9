import type { RedisRefusal } from './redis-refusal.js';

/** The roles that go on without Redis. */
export type RedisRole = 'cache' | 'rate-limit' | 'token-limit' | 'keys';

export interface RedisObserver {
  /** Called when a role begins to go on without Redis, when it uses Redis again, and once at the start. `fault`: why. */
  bypassing(role: RedisRole, isBypassed: boolean, fault?: string): void;
  /** Called for each command of a role, or of another connection, that Redis answered with an error. */
  refused(role: string, refusal: RedisRefusal): void;
}
