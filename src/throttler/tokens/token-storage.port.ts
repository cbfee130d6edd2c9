export const TOKEN_STORAGE = Symbol('TOKEN_STORAGE');

/** So many tokens in any window of so long. */
export interface TokenLimit {
  readonly tokens: number;
  readonly windowMs: number;
}

/** What became of a wish for tokens. */
export interface TokenReservation {
  readonly isRefused: boolean;
  /** Tokens in the window now, the reserved ones included. */
  readonly used: number;
  /** Refused: until the tokens would fit. Otherwise until the oldest of the window leave it. At least 1. */
  readonly resetSeconds: number;
  /** Takes so many of the reserved tokens out of the window, as if they had never been in. */
  giveBack(tokens: number): Promise<void>;
}

/**
 * Counts the tokens of callers in a sliding window. To decide and to count is one step, for all callers and processes:
 * never more than the limit are in a window. Tokens that are refused leave no trace.
 */
export interface TokenStorage {
  /** `tokens` is at most the limit's. */
  reserve(caller: string, tokens: number, limit: TokenLimit): Promise<TokenReservation>;
  close(): void;
}

/**
 * A window is kept in this many slots, which bounds the memory of a caller. A slot's tokens leave together, when the
 * youngest of them do: up to a hundredth of the window late, never early.
 */
export const SLOTS = 100;
