import { Inject, Injectable } from '@nestjs/common';
import { QUEUE_SETTINGS, type QueueSettings } from '../config/index.js';
import { JOB_QUEUE, type JobQueue, type QueueCounts } from './runner/job-queue.port.js';
import { JobWorker } from './runner/job-worker.js';
import { JOB_STORE, type JobStore, type JobTotals } from './store/job-store.port.js';
import { withinMs } from './within-ms.js';

/** A scrape must not wait for a store that does not answer. */
const TIMEOUT_MS = 1_000;

/** Reads the sums over all jobs. */
@Injectable()
export class QueueTotals {
  private asked: Promise<JobTotals | undefined> | undefined;

  constructor(
    @Inject(JOB_STORE) private readonly store: JobStore,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(QUEUE_SETTINGS) private readonly settings: QueueSettings,
    private readonly worker: JobWorker,
  ) {}

  /** Undefined = the store does not answer. The gauges of a scrape ask at the same time, and get the same answer. */
  async jobs(): Promise<JobTotals | undefined> {
    this.asked ??= withinMs(TIMEOUT_MS, this.store.totals()).finally(() => (this.asked = undefined));
    return await this.asked;
  }

  /** Chunks by state; undefined = the queue does not answer. */
  async chunks(): Promise<QueueCounts | undefined> {
    return await withinMs(TIMEOUT_MS, this.queue.counts());
  }

  /** Texts of jobs that wait. Texts that this process works on are left out, because the provider counts them. */
  async waitingTexts(): Promise<number> {
    if (!this.settings.countsWaiting) return 0;
    const { pendingTexts = 0 } = (await this.jobs()) ?? {};
    return Math.max(0, pendingTexts - this.worker.textsUnderway);
  }
}
