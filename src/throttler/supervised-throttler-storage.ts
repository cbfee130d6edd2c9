import type { ThrottlerStorage } from '@nestjs/throttler';
import type { ProcessLink, Topic } from '../process-link/index.js';
import type { MemoryThrottlerStorage } from './memory-throttler-storage.js';

type ThrottlerStorageRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

interface Call {
  readonly key: string;
  readonly windowMs: number;
  readonly limit: number;
}

const INCREMENT: Topic<Call, ThrottlerStorageRecord> = { name: 'rate-limit' };
/** Refused, so that it leaves no trace. */
const PROBE: Call = { key: '', windowMs: 1, limit: 0 };
/** Longer than Redis may take: where the machine is too busy to answer sooner, to count apart would let too much through. */
const TIMEOUT_MS = 2_000;

/**
 * The windows of all HTTP processes, which their supervisor keeps. Rejects when it does not answer; then at once, so that
 * only the first have to wait, until it does again.
 */
export class SupervisedThrottlerStorage implements ThrottlerStorage {
  private isSilent = false;

  constructor(
    private readonly link: ProcessLink,
    private readonly timeoutMs: number = TIMEOUT_MS,
  ) {}

  async increment(key: string, windowMs: number, limit: number): Promise<ThrottlerStorageRecord> {
    if (this.isSilent) throw new Error('the supervisor does not answer');
    try {
      return await this.ask({ key, windowMs, limit });
    } catch (error) {
      if (!this.isSilent) void this.waitForAnswer();
      throw error;
    }
  }

  close(): void {
    // the link is not this storage's
  }

  private async waitForAnswer(): Promise<void> {
    this.isSilent = true;
    while (this.isSilent && !this.link.isClosed) {
      this.isSilent = await this.ask(PROBE).then(
        () => false,
        () => true,
      );
    }
  }

  private async ask(call: Call): Promise<ThrottlerStorageRecord> {
    return await this.link.ask(INCREMENT, call, this.timeoutMs);
  }
}

/** The supervisor's end. */
export function countCalls(link: ProcessLink, storage: MemoryThrottlerStorage): void {
  link.answer(INCREMENT, ({ key, windowMs, limit }) => storage.incrementNow(key, windowMs, limit));
}
