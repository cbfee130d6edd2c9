import { randomUUID } from 'node:crypto';
import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Periodic } from '../time/index.js';
import { lastDays, type KeyUsage } from './key-usage.js';
import { KEPT_DAYS, type DayUse, type UsageBatch, type UsageStore } from './store/usage-store.port.js';

const WRITE_EVERY_MS = 5_000;

/** The use of keys by day, of all processes that share the store. Counts reach the store every five seconds, and at the end. */
export class UsageHistory implements OnApplicationBootstrap {
  private readonly rounds: Periodic;
  /** A batch that may not have arrived. It is sent again under its id, so it counts once. */
  private unsent: UsageBatch | undefined;
  private writing: Promise<void> | undefined;
  private forgottenBefore = '';

  constructor(
    private readonly usage: KeyUsage,
    private readonly store: UsageStore,
    private readonly now: () => number = Date.now,
  ) {
    const logger = new Logger('Keys');
    this.rounds = new Periodic(
      WRITE_EVERY_MS,
      async () => await this.write(),
      (error) => logger.warn(`The use of keys cannot be stored at the moment, and is kept in memory: ${String(error)}`),
    );
  }

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  /** The use on the last days, today included. Counts of other processes may be five seconds late. Rejects with a ServiceError. */
  async read(days: number): Promise<readonly DayUse[]> {
    await this.write().catch(() => undefined); // the next round reports it; reading says whether the store works
    return await this.store.read(lastDays(days, this.now()));
  }

  /** Writes what is left. Call it when all requests have ended; the caller closes the store. */
  async close(): Promise<void> {
    await this.rounds.stop();
    await this.write().catch((error: unknown) => new Logger('Keys').warn(`The last use of keys could not be stored: ${String(error)}`));
  }

  /** Calls at the same time wait for each other. */
  private async write(): Promise<void> {
    this.writing = (this.writing ?? Promise.resolve()).catch(() => undefined).then(async () => await this.writeOnce());
    await this.writing;
  }

  private async writeOnce(): Promise<void> {
    await this.send();
    const rows = this.usage.take();
    if (rows.length > 0) this.unsent = { id: randomUUID(), rows };
    await this.send();
    const [first = ''] = lastDays(KEPT_DAYS, this.now()).slice(-1);
    if (first === this.forgottenBefore) return;
    await this.store.forgetBefore(first);
    this.forgottenBefore = first;
  }

  private async send(): Promise<void> {
    if (this.unsent === undefined) return;
    await this.store.add(this.unsent);
    this.unsent = undefined;
  }
}
