import type { ProcessLink, Topic } from '../../process-link/index.js';
import type { MemoryTokenStorage } from './memory-token-storage.js';
import type { TokenLimit, TokenReservation, TokenStorage } from './token-storage.port.js';

interface Wish {
  readonly caller: string;
  readonly tokens: number;
  readonly limit: TokenLimit;
}

interface Answer extends Omit<TokenReservation, 'giveBack'> {
  /** By which the supervisor knows the reservation. */
  readonly slot: number;
}

const RESERVE: Topic<Wish, Answer> = { name: 'reserve-tokens' };
const GIVE_BACK: Topic<{ readonly caller: string; readonly slot: number; readonly tokens: number }, void> = { name: 'give-back-tokens' };
/** As for requests: a machine that is too busy to answer sooner must not let too much through. */
const TIMEOUT_MS = 2_000;

/** The tokens of all HTTP processes, which their supervisor counts. Rejects when it does not answer. */
export class SupervisedTokenStorage implements TokenStorage {
  constructor(private readonly link: ProcessLink) {}

  async reserve(caller: string, tokens: number, limit: TokenLimit): Promise<TokenReservation> {
    const { slot, ...reservation } = await this.link.ask(RESERVE, { caller, tokens, limit }, TIMEOUT_MS);
    const giveBack = async (returned: number): Promise<void> =>
      await this.link.ask(GIVE_BACK, { caller, slot, tokens: returned }, TIMEOUT_MS);
    return { ...reservation, giveBack };
  }

  close(): void {
    // the link is not this storage's
  }
}

/** The supervisor's end. */
export function countTokens(link: ProcessLink, storage: MemoryTokenStorage): void {
  link.answer(RESERVE, ({ caller, tokens, limit }) => {
    const { isRefused, used, resetSeconds, slot } = storage.reserveNow(caller, tokens, limit);
    return { isRefused, used, resetSeconds, slot };
  });
  link.answer(GIVE_BACK, ({ caller, slot, tokens }) => storage.giveBackNow(caller, slot, tokens));
}
