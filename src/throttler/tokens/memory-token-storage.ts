import { LRUCache } from 'lru-cache';
import { SLOTS, type TokenLimit, type TokenReservation, type TokenStorage } from './token-storage.port.js';

/** Callers that are remembered. If there are more, the one that called longest ago is forgotten. */
const MOST_CALLERS = 100_000;

/** Counts the tokens of this process alone. */
export class MemoryTokenStorage implements TokenStorage {
  private readonly callers = new LRUCache<string, TokenWindow>({ max: MOST_CALLERS });

  /** `now` gives milliseconds that never decrease. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  reserve(caller: string, tokens: number, limit: TokenLimit): Promise<TokenReservation> {
    return Promise.resolve(this.reserveNow(caller, tokens, limit));
  }

  reserveNow(caller: string, tokens: number, { tokens: limit, windowMs }: TokenLimit): TokenReservation {
    const window = this.callers.get(caller) ?? new TokenWindow();
    this.callers.set(caller, window);
    const now = this.now();
    const slotMs = windowMs / SLOTS;
    const slot = Math.ceil(now / slotMs);
    window.dropUntil(Math.floor((now - windowMs) / slotMs));
    const isRefused = window.used + tokens > limit;
    if (!isRefused) window.add(slot, tokens);
    const leaving = isRefused ? window.slotThatFrees(window.used + tokens - limit) : window.slotThatFrees(1);
    return {
      isRefused,
      used: window.used,
      resetSeconds: Math.max(1, Math.ceil((leaving * slotMs + windowMs - now) / 1000)),
      giveBack: (returned) => {
        window.remove(slot, returned);
        return Promise.resolve();
      },
    };
  }

  close(): void {
    // nothing is open
  }
}

class TokenWindow {
  used = 0;
  /** The oldest first. */
  private readonly slots = new Map<number, number>();

  add(slot: number, tokens: number): void {
    this.slots.set(slot, (this.slots.get(slot) ?? 0) + tokens);
    this.used += tokens;
  }

  /** Removes nothing from a slot that has left the window. */
  remove(slot: number, tokens: number): void {
    const there = this.slots.get(slot) ?? 0;
    if (there === 0) return;
    this.slots.set(slot, there - tokens);
    this.used -= tokens;
  }

  dropUntil(last: number): void {
    for (const [slot, tokens] of this.slots) {
      if (slot > last) return;
      this.slots.delete(slot);
      this.used -= tokens;
    }
  }

  /** The slot after which this many tokens have left; 0 = there are not as many. */
  slotThatFrees(tokens: number): number {
    let freed = 0;
    for (const [slot, ofSlot] of this.slots) {
      freed += ofSlot;
      if (freed >= tokens) return slot;
    }
    return 0;
  }
}
