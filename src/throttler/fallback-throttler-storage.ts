import type { ThrottlerStorage } from '@nestjs/throttler';
import type { CallStorage } from './call-storage.port.js';

type Increment = ThrottlerStorage['increment'];

/** Counts the calls of several processes together. Rejects when it cannot. */
export interface SharedThrottlerStorage extends ThrottlerStorage {
  close(): void;
}

/** Asks the shared storage; while that fails, this process limits on its own. */
export class FallbackThrottlerStorage implements CallStorage {
  constructor(
    private readonly shared: SharedThrottlerStorage,
    private readonly local: ThrottlerStorage,
    private readonly onChange: (isLocal: boolean) => void,
  ) {}

  async increment(...call: Parameters<Increment>): ReturnType<Increment> {
    try {
      const record = await this.shared.increment(...call);
      this.onChange(false);
      return record;
    } catch {
      this.onChange(true); // the connection's owner logs why
      return await this.local.increment(...call);
    }
  }

  close(): void {
    this.shared.close();
  }
}
