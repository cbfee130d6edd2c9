import type { TokenLimit, TokenReservation, TokenStorage } from './token-storage.port.js';

/** Asks the shared storage; while that fails, this process limits on its own. */
export class FallbackTokenStorage implements TokenStorage {
  constructor(
    private readonly shared: TokenStorage,
    private readonly local: TokenStorage,
    private readonly onChange: (isLocal: boolean) => void,
  ) {}

  async reserve(caller: string, tokens: number, limit: TokenLimit): Promise<TokenReservation> {
    try {
      const reservation = await this.shared.reserve(caller, tokens, limit);
      this.onChange(false);
      return reservation;
    } catch {
      this.onChange(true); // the connection's owner logs why
      return await this.local.reserve(caller, tokens, limit);
    }
  }

  close(): void {
    this.shared.close();
  }
}
