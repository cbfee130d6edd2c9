import type { RedisObserver, RedisRole } from './redis-observer.port.js';

/** For tests: remembers what it was told. */
export class FakeRedisObserver implements RedisObserver {
  readonly changes: string[] = [];

  bypassing(role: RedisRole, isBypassed: boolean): void {
    this.changes.push(`${role} ${isBypassed ? 'without' : 'with'} Redis`);
  }
}
