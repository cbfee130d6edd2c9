import type { RedisObserver, RedisRole } from './redis-observer.port.js';
import type { RedisRefusal } from './redis-refusal.js';

/** For tests: remembers its calls. */
export class FakeRedisObserver implements RedisObserver {
  readonly changes: string[] = [];
  readonly faults: (string | undefined)[] = [];
  readonly refusals: string[] = [];

  bypassing(role: RedisRole, isBypassed: boolean, fault?: string): void {
    this.changes.push(`${role} ${isBypassed ? 'without' : 'with'} Redis`);
    this.faults.push(fault);
  }

  refused(role: string, refusal: RedisRefusal): void {
    this.refusals.push(`${role} ${refusal}`);
  }
}
