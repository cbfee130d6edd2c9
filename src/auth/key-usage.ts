import { Injectable } from '@nestjs/common';
import type { ApiKey } from './api-key.js';
import { KeyDirectory } from './key-directory.js';
import { COUNTED, NO_USE, type DayUse, type UsageCounts } from './store/usage-store.port.js';

const DAY_MS = 86_400_000;

/** How a key was used since this process started. */
export interface KeyUse extends Pick<ApiKey, 'name' | 'role'>, UsageCounts {
  /** Milliseconds since the epoch; undefined = not yet. */
  readonly lastUsedAt: number | undefined;
}

type Counts = { -readonly [Name in keyof UsageCounts]: UsageCounts[Name] };

interface Tally {
  readonly total: Counts;
  /** Counts of the current day that were not taken yet. */
  today: Counts;
  lastUsedAt: number | undefined;
}

/** Counts by key: since the start, and by day for the store. Requests without a key are not counted here. */
@Injectable()
export class KeyUsage {
  private readonly byName = new Map<string, Tally>();
  private day = dayOf(Date.now());
  /** Counts of earlier days that were not taken yet. */
  private earlier: DayUse[] = [];

  constructor(private readonly keys: KeyDirectory) {}

  requested(key: ApiKey | undefined): void {
    if (key === undefined) return;
    const now = Date.now();
    this.count(key.name, 'requests', 1, now);
    this.of(key.name).lastUsedAt = now;
  }

  refused(key: ApiKey | undefined): void {
    if (key !== undefined) this.count(key.name, 'refused', 1);
  }

  embedded(key: ApiKey | undefined, { texts, tokens }: Pick<KeyUse, 'texts' | 'tokens'>): void {
    if (key === undefined) return;
    this.count(key.name, 'texts', texts);
    this.count(key.name, 'tokens', tokens);
  }

  /** `owner` comes from ownerOf. */
  handedIn(owner: string, texts: number): void {
    if (owner !== '') this.count(owner, 'jobTexts', texts);
  }

  /** The keys that are known now, in the order of the directory. */
  read(): readonly KeyUse[] {
    return this.keys.known.map(({ key: { name, role } }) => {
      const { total, lastUsedAt } = this.byName.get(name) ?? { total: NO_USE, lastUsedAt: undefined };
      return { name, role, ...total, lastUsedAt };
    });
  }

  /** The counts by day since the last call; they are the caller's from now on. */
  take(): readonly DayUse[] {
    this.endDay(this.day);
    const taken = this.earlier;
    this.earlier = [];
    return taken;
  }

  private count(name: string, counted: keyof UsageCounts, amount: number, now = Date.now()): void {
    if (now >= this.day + DAY_MS) this.endDay(dayOf(now));
    const { total, today } = this.of(name);
    total[counted] += amount;
    today[counted] += amount;
  }

  private endDay(next: number): void {
    const day = nameOfDay(this.day);
    for (const [name, tally] of this.byName) {
      if (COUNTED.every((counted) => tally.today[counted] === 0)) continue;
      this.earlier.push({ day, name, ...tally.today });
      tally.today = { ...NO_USE };
    }
    this.day = next;
  }

  private of(name: string): Tally {
    let tally = this.byName.get(name);
    if (tally === undefined) this.byName.set(name, (tally = { total: { ...NO_USE }, today: { ...NO_USE }, lastUsedAt: undefined }));
    return tally;
  }
}

/** The last days up to this time, the newest first, as `2026-11-30` in UTC. */
export function lastDays(count: number, now: number): readonly string[] {
  return Array.from({ length: count }, (_, age) => nameOfDay(dayOf(now) - age * DAY_MS));
}

/** The start of the day in UTC, in milliseconds since the epoch. */
function dayOf(time: number): number {
  return time - (time % DAY_MS);
}

function nameOfDay(day: number): string {
  return new Date(day).toISOString().slice(0, 10);
}
