import { Logger } from '@nestjs/common';
import type { CacheScope } from '../../config/index.js';
import type { Models } from '../../embedding/index.js';
import { Periodic } from '../../time/index.js';
import type { ChunkRef } from '../job.js';
import type { JobStore } from '../store/job-store.port.js';
import type { WebhookSender } from '../webhook/webhook-sender.js';
import { ChunkRunner } from './chunk-runner.js';
import type { JobFeeder } from './job-feeder.js';
import { ANNOUNCED_MS, TryLater, type JobQueue } from './job-queue.port.js';
import type { RunObserver } from './run-observer.port.js';

const FEED_EVERY_MS = 2_000;
/** Four times while an announcement holds. */
const ANNOUNCE_EVERY_MS = ANNOUNCED_MS / 4;
const EXPIRE_EVERY_MS = 10_000;
const SEND_EVERY_MS = 1_000;
/** Jobs that one round of expiry removes. */
const EXPIRED_A_ROUND = 50;

export interface JobWorkerOptions {
  readonly store: JobStore;
  readonly queue: JobQueue;
  readonly models: Models;
  readonly cacheScope: CacheScope;
  readonly observer: RunObserver;
  readonly webhooks: WebhookSender;
  readonly concurrency: number;
  readonly feeder: JobFeeder;
}

/** Does jobs until it is stopped; it also removes old ones and sends webhooks. */
export class JobWorker {
  private readonly logger = new Logger('Jobs');
  private readonly stopping = new AbortController();
  private readonly runner: ChunkRunner;
  private readonly rounds: readonly Periodic[];
  private underway = 0;

  constructor(private readonly options: JobWorkerOptions) {
    const { store, queue, feeder, models, cacheScope, observer, webhooks } = options;
    this.runner = new ChunkRunner({ store, models, cacheScope, observer, signal: this.stopping.signal });
    const warn = (error: unknown): void => this.logger.warn(`Jobs cannot continue at the moment, trying again: ${String(error)}`);
    const spaces = models.all.map(({ space }) => space.fingerprint);
    this.rounds = [
      new Periodic(ANNOUNCE_EVERY_MS, async () => await queue.announce(spaces), warn),
      new Periodic(FEED_EVERY_MS, async () => await feeder.feedAll(), warn),
      new Periodic(EXPIRE_EVERY_MS, async () => await this.expire(), warn),
      new Periodic(SEND_EVERY_MS, async () => await webhooks.sendDue(this.stopping.signal), warn),
    ];
  }

  /** Texts that are being worked on. */
  get textsUnderway(): number {
    return this.underway;
  }

  start(): void {
    this.options.queue.work(this.options.concurrency, async (chunk) => await this.handle(chunk));
    for (const round of this.rounds) round.start();
  }

  /** Puts running chunks back into the line; resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.rounds.map(async (round) => await round.stop()));
    await this.options.webhooks.settled();
    await this.options.queue.close();
  }

  private async handle(chunk: ChunkRef): Promise<void> {
    this.underway += chunk.count;
    try {
      await this.runner.run(chunk);
    } catch (error) {
      if (!(error instanceof TryLater)) this.logger.error({ error: String(error), job: chunk.jobId }, 'A chunk failed unexpectedly');
      throw error;
    } finally {
      this.underway -= chunk.count;
    }
    await this.options.feeder.feed(chunk.jobId).catch(() => undefined); // the next round feeds it
  }

  private async expire(): Promise<void> {
    while (!this.stopping.signal.aborted && (await this.options.store.expire(EXPIRED_A_ROUND)) > 0);
  }
}
