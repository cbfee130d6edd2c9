import { Logger } from '@nestjs/common';
import type { RedisObserver } from './redis-observer.port.js';
import { refusalOf, type RedisRefusal } from './redis-refusal.js';

/** A refusal is named in the log again when there was none of its kind for this long. */
const QUIET_MS = 60_000;
/** A replica that stays one refuses every write; reconnecting for each would be a storm. */
const RECONNECT_EVERY_MS = 1_000;
/** Answers by which ioredis finds a script or a node; it repeats the command by itself. */
const HANDLED = /^(?:NOSCRIPT|MOVED|ASK|TRYAGAIN)\b/;

/** Sees every error that a server answers with on the connections of one role. */
export class RefusalWatch {
  private readonly logger = new Logger('Redis');
  private readonly lastAt = new Map<RedisRefusal, number>();
  private reconnectedAt = -Infinity;

  constructor(
    private readonly role: string,
    private readonly observer: Pick<RedisObserver, 'refused'> | undefined,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether to reconnect: a master that became a replica keeps its connections open, and the new master is elsewhere. */
  reconnectsOn(error: Error): boolean {
    const refusal = refusalOf(error);
    if (refusal === undefined || HANDLED.test(error.message)) return false;
    this.observer?.refused(this.role, refusal);
    this.sayOnce(refusal);
    if (refusal !== 'READONLY' || this.now() - this.reconnectedAt < RECONNECT_EVERY_MS) return false;
    this.reconnectedAt = this.now();
    return true;
  }

  /** Only the kind: the message may repeat arguments of the command. */
  private sayOnce(refusal: RedisRefusal): void {
    const last = this.lastAt.get(refusal);
    this.lastAt.set(refusal, this.now());
    if (last === undefined || this.now() - last > QUIET_MS) this.logger.warn(`Redis refuses commands of the ${this.role}: ${refusal}`);
  }
}
