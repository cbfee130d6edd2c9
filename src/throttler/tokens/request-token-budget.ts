import { ServiceError } from '../../errors/index.js';
import type { TokenBudget } from '../../embedding/index.js';
import type { TokenLimit, TokenReservation, TokenStorage } from './token-storage.port.js';

/** The caller whose tokens a request uses, and where they are counted. */
export interface TokenAccount {
  readonly caller: string;
  readonly limit: TokenLimit;
  readonly storage: TokenStorage;
  /** Is called with each reservation, refused ones too. */
  counted(reservation: TokenReservation): void;
}

/** The budget of one request, which may reserve in several steps, as the tokens of its texts become known. */
export class RequestTokenBudget implements TokenBudget {
  private readonly held: { readonly reservation: TokenReservation; tokens: number }[] = [];
  private reserved = 0;
  private isOver = false;

  constructor(private readonly account: TokenAccount) {}

  async reserve(tokens: number): Promise<void> {
    if (this.isOver) throw aborted();
    if (tokens <= 0) return;
    this.refuseWhatNeverFits(this.reserved + tokens);
    const { storage, caller, limit } = this.account;
    const reservation = this.keep(await storage.reserve(caller, tokens, limit), tokens);
    if (!this.isOver) return;
    await returned(reservation, tokens); // released while this was on its way
    throw aborted();
  }

  settleNow(tokens: number): boolean {
    const { storage, caller, limit } = this.account;
    if (this.reserved > 0 || tokens > limit.tokens) return false;
    const reservation = storage.reserveNow?.(caller, tokens, limit);
    if (reservation === undefined || reservation.isRefused) return false;
    this.keep(reservation, tokens);
    return true;
  }

  async settle(tokens: number): Promise<void> {
    await this.reserve(tokens - this.reserved);
    this.isOver = true;
    let surplus = this.reserved - tokens;
    for (const held of this.held) {
      const back = Math.min(surplus, held.tokens);
      held.tokens -= back;
      surplus -= back;
      if (back > 0) await returned(held.reservation, back);
    }
  }

  async release(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.held.splice(0).map(({ reservation, tokens }) => returned(reservation, tokens)));
  }

  private keep(reservation: TokenReservation, tokens: number): TokenReservation {
    this.account.counted(reservation);
    if (reservation.isRefused) throw this.refusal(tokens, reservation.resetSeconds);
    if (this.isOver) return reservation;
    this.held.push({ reservation, tokens });
    this.reserved += tokens;
    return reservation;
  }

  private refusal(tokens: number, retryAfterSeconds: number): ServiceError {
    const { limit } = this.account;
    const message = `These ${tokens} tokens would be more than ${limit.tokens} in ${limit.windowMs / 1000} s; try again in ${retryAfterSeconds} s.`;
    return new ServiceError('token_limited', message, { retryAfterSeconds });
  }

  /** Refuses tokens that no window can hold, because waiting would not help. */
  private refuseWhatNeverFits(tokens: number): void {
    const { limit } = this.account;
    if (tokens <= limit.tokens) return;
    throw new ServiceError(
      'invalid_request',
      `These texts have ${tokens} tokens or more, and no more than ${limit.tokens} are allowed in ${limit.windowMs / 1000} s (RATE_LIMIT_TOKENS, or your key's own limit); send fewer at a time.`,
    );
  }
}

/** Tokens that cannot be given back, because the storage fails, leave with the window. */
async function returned(reservation: TokenReservation, tokens: number): Promise<void> {
  await reservation.giveBack(tokens).catch(() => undefined);
}

function aborted(): ServiceError {
  return new ServiceError('aborted', 'This request is over.');
}
