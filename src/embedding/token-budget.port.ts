/**
 * The tokens that one request may use, where its caller's are limited. Whatever is refused throws a ServiceError with
 * the code `token_limited`; then the request fails, and what it had reserved is given back.
 */
export interface TokenBudget {
  /** Before texts of so many tokens are computed. */
  reserve(tokens: number): Promise<void>;
  /**
   * What the answer says was used, once it is known: reserves what is missing, gives back what is too much. At once, or
   * false where that cannot be had at once, or is refused: `settle` tells which.
   */
  settleNow(tokens: number): boolean;
  settle(tokens: number): Promise<void>;
  /** Gives back all, since there is no answer; never throws. Nothing can be reserved afterwards. */
  release(): Promise<void>;
}
