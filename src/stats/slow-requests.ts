import type { CacheState, EnteredStages } from '../embedding/index.js';
import type { Topic } from '../link/index.js';

/** The report of a request after its answer was sent. Only answered requests for embeddings have the fields from `cache` on. */
export interface RequestReport {
  readonly requestId: string;
  readonly status: number;
  readonly ms: number;
  readonly cache?: CacheState;
  readonly texts?: number;
  readonly tokens?: number;
  readonly model?: string;
  readonly stages?: EnteredStages;
}

export interface SlowRequest extends RequestReport {
  /** When the answer was sent, in milliseconds since the epoch. */
  readonly at: number;
  readonly route: string;
}

/** Asked of every replica. */
export const SLOW_REQUESTS: Topic<void, readonly SlowRequest[]> = { name: 'slow-requests' };

const MOST_REQUESTS = 20;
const SLOT_MS = 5 * 60_000;
const HOUR_MS = 60 * 60_000;

interface Slot {
  readonly endsAt: number;
  /** The slowest first. */
  readonly requests: SlowRequest[];
}

/** The slowest requests of the last hour of this process. Each five minutes have a list, so that old ones can be left out. */
export class SlowRequests {
  private slots: Slot[] = [];
  /** A request is kept if it took longer than this, until `currentEndsAt`. */
  private leastMs = -Infinity;
  private currentEndsAt = -Infinity;

  constructor(private readonly now: () => number = Date.now) {}

  /** Whether a request that took so long is one of the slowest of these five minutes. */
  takes(ms: number): boolean {
    return ms > this.leastMs || this.now() >= this.currentEndsAt;
  }

  keep(request: SlowRequest): void {
    const { requests } = this.current();
    requests.push(request);
    requests.sort(slowestFirst);
    requests.splice(MOST_REQUESTS);
    this.leastMs = requests.length < MOST_REQUESTS ? -Infinity : (requests.at(-1)?.ms ?? -Infinity);
  }

  read(): readonly SlowRequest[] {
    const oldest = this.now() - HOUR_MS;
    return slowestOf(this.slots.map(({ requests }) => requests.filter(({ at }) => at >= oldest)));
  }

  private current(): Slot {
    const now = this.now();
    const last = this.slots.at(-1);
    if (last !== undefined && now < last.endsAt) return last;
    const slot = { endsAt: now + SLOT_MS, requests: [] };
    this.currentEndsAt = slot.endsAt;
    this.slots = [...this.slots.filter(({ endsAt }) => endsAt > now - HOUR_MS), slot];
    return slot;
  }
}

/** The slowest of several lists. */
export function slowestOf(lists: readonly (readonly SlowRequest[])[]): readonly SlowRequest[] {
  return lists.flat().sort(slowestFirst).slice(0, MOST_REQUESTS);
}

function slowestFirst(left: SlowRequest, right: SlowRequest): number {
  return right.ms - left.ms;
}
