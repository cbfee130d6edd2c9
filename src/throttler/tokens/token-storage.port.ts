export const TOKEN_STORAGE = Symbol('TOKEN_STORAGE');

/** The most tokens in any window of this length. */
export interface TokenLimit {
  readonly tokens: number;
  readonly windowMs: number;
}

/** The outcome of a request for tokens. */
export interface TokenReservation {
  readonly isRefused: boolean;
  /** Tokens in the window now, the reserved ones included. */
  readonly used: number;
  /** At least 1. If refused: until the tokens would fit. Otherwise: until the oldest tokens leave the window. */
  readonly resetSeconds: number;
  /** Takes this many of the reserved tokens out of the window, as if they had not been reserved. */
  giveBack(tokens: number): Promise<void>;
}

/**
 * Counts the tokens of callers in a sliding window. It decides and counts in one step for all callers and processes, so
 * that a window never holds more than the limit. Refused tokens do not count.
 */
export interface TokenStorage {
  /** `tokens` is at most the limit's. */
  reserve(caller: string, tokens: number, limit: TokenLimit): Promise<TokenReservation>;
  /** As `reserve`, without a promise. A storage without this method cannot. */
  reserveNow?(caller: string, tokens: number, limit: TokenLimit): TokenReservation;
  close(): void;
}

/**
 * A window has this many slots, which bounds the memory of a caller. The tokens of a slot leave the window together with
 * the newest of them: up to a hundredth of the window late, never early.
 */
export const SLOTS = 100;
