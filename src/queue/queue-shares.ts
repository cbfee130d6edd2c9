import { Inject, Injectable } from '@nestjs/common';
import { KeyDirectory } from '../auth/index.js';
import { QUEUE_SETTINGS, type QueueSettings } from '../config/index.js';
import type { QueueShare } from './store/job-store.port.js';

/** The account of callers without a key, who are not told apart. */
const NO_KEY = '';

/** How much of the queue each account may take: its key's own limits, or those of every key. */
@Injectable()
export class QueueShares {
  constructor(
    private readonly keys: KeyDirectory,
    @Inject(QUEUE_SETTINGS) private readonly queue: Pick<QueueSettings, 'maxOpenJobs' | 'sharePerKey'>,
  ) {}

  of(account: string): QueueShare {
    const { maxOpenJobs, sharePerKey } = this.queue;
    const none = { jobs: maxOpenJobs, texts: Number.MAX_SAFE_INTEGER };
    if (account === NO_KEY) return none;
    const key = this.keys.named(account)?.key;
    return {
      jobs: Math.min((key?.queuedJobs ?? sharePerKey.jobs) || none.jobs, maxOpenJobs),
      texts: (key?.queuedTexts ?? sharePerKey.texts) || none.texts,
    };
  }
}
