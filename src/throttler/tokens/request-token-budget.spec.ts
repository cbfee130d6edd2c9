import { MemoryTokenStorage } from './memory-token-storage.js';
import { RequestTokenBudget } from './request-token-budget.js';
import type { TokenReservation, TokenStorage } from './token-storage.port.js';

const LIMIT = { tokens: 100, windowMs: 60_000 };

/** Answers later, as Redis does: when it is told to. */
class SlowTokenStorage implements TokenStorage {
  readonly waiting: (() => void)[] = [];

  constructor(private readonly storage: TokenStorage) {}

  async reserve(...request: Parameters<TokenStorage['reserve']>): Promise<TokenReservation> {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    return await this.storage.reserve(...request);
  }

  close(): void {
    this.storage.close();
  }
}

describe('RequestTokenBudget', () => {
  let storage: MemoryTokenStorage;

  beforeEach(() => {
    storage = new MemoryTokenStorage(() => 0);
  });

  function open(from: TokenStorage = storage): RequestTokenBudget {
    return new RequestTokenBudget({ caller: 'caller', limit: LIMIT, storage: from, counted: () => undefined });
  }

  /** Tokens that the caller has used in the window. */
  function used(): number {
    return storage.reserveNow('caller', 0, LIMIT).used;
  }

  it('counts the tokens that the answer used, more or fewer than were reserved', async () => {
    const [less, more] = [open(), open()];
    await less.reserve(10);
    await less.reserve(10);
    await less.settle(5);
    expect(used()).toBe(5);
    await more.reserve(10);
    await more.settle(40);
    expect(used()).toBe(45);
  });

  it('refuses tokens that do not fit, and says when they will', async () => {
    await open().settle(60);
    await expect(open().reserve(41)).rejects.toMatchObject({ code: 'token_limited', retryAfterSeconds: 60 });
    await expect(open().settle(41)).rejects.toMatchObject({ code: 'token_limited' });
    expect(used()).toBe(60);
  });

  it('says that waiting does not help if tokens can never fit', async () => {
    const budget = open();
    await budget.reserve(60);
    await expect(budget.reserve(41)).rejects.toMatchObject({ code: 'invalid_request', retryAfterSeconds: undefined });
  });

  it('gives back all tokens that a failed request had reserved', async () => {
    const budget = open();
    await budget.reserve(30);
    await budget.reserve(30);
    await budget.release();
    expect(used()).toBe(0);
  });

  it('gives back the tokens of an answer, and no more, when its caller left before it was sent', async () => {
    await open().settle(7);
    const [settled, atOnce] = [open(), open()];
    await settled.reserve(30);
    await settled.settle(10);
    atOnce.settleNow(20);
    expect(used()).toBe(37);
    await Promise.all([settled.release(), atOnce.release()]);
    expect(used()).toBe(7);
  });

  it('reserves nothing for a request that is over, not even tokens whose reservation was on its way', async () => {
    const slow = new SlowTokenStorage(storage);
    const budget = open(slow);
    const late = budget.reserve(30);
    await budget.release();
    slow.waiting.forEach((answer) => answer());
    await expect(late).rejects.toMatchObject({ code: 'aborted' });
    await expect(budget.reserve(1)).rejects.toMatchObject({ code: 'aborted' });
    expect(used()).toBe(0);
  });

  it('settles at once if the storage answers at once, and leaves refusals to settle', () => {
    expect([open().settleNow(90), open().settleNow(11), open().settleNow(101)]).toEqual([true, false, false]);
    expect(open(new SlowTokenStorage(storage)).settleNow(1)).toBe(false);
    expect(used()).toBe(90);
  });
});
