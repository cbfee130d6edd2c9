/**
 * The token budget of one request, if its caller has a token limit. A refusal throws a ServiceError with the code
 * `token_limited`. Then the request fails, and its reserved tokens are given back.
 */
export interface TokenBudget {
  /** Reserves this many tokens. Call it before the texts are computed. */
  reserve(tokens: number): Promise<void>;
  /**
   * Adjusts the reservation to the tokens that the answer reports: reserves missing tokens, or gives back the rest. False =
   * the storage does not answer at once, or refuses; then call `settle`.
   */
  settleNow(tokens: number): boolean;
  settle(tokens: number): Promise<void>;
  /** Gives all tokens back, because there is no answer. Never throws. Nothing can be reserved afterwards. */
  release(): Promise<void>;
}
