import { Webhook } from 'standardwebhooks';
import type { WebhookSettings } from '../../config/index.js';
import type { DueMessage, JobStore } from '../store/job-store.port.js';
import { postWebhook } from './webhook-request.js';
import { webhookEvent } from './webhook-event.js';

/** Messages sent at the same time. */
const AT_ONCE = 16;
/** Longer than a delivery can take. */
const LEASE_MS = 30_000;
/** Before each further try: a quarter of an hour in all, then two more an hour apart. */
const RETRY_DELAYS_MS = [5_000, 30_000, 120_000, 600_000, 3_600_000, 3_600_000];

export interface WebhookObserver {
  webhookSent(outcome: 'delivered' | 'retried' | 'given_up', problem?: string): void;
}

interface WebhookSenderOptions {
  readonly store: JobStore;
  readonly settings: WebhookSettings;
  readonly observer: WebhookObserver;
}

/** Delivers the messages of finished jobs, at least once each, signed as Standard Webhooks (https://www.standardwebhooks.com). */
export class WebhookSender {
  private readonly signer: Webhook | undefined;

  constructor(private readonly options: WebhookSenderOptions) {
    const { secret } = options.settings;
    this.signer = secret === undefined ? undefined : new Webhook(secret);
  }

  /** Sends what is due until nothing is. */
  async sendDue(signal: AbortSignal): Promise<void> {
    const { store } = this.options;
    while (this.signer !== undefined && !signal.aborted) {
      const messages = await store.takeMessages(AT_ONCE, LEASE_MS);
      if (messages.length === 0) return;
      await Promise.all(messages.map(async (message) => await this.send(message, signal)));
    }
  }

  private async send(message: DueMessage, signal: AbortSignal): Promise<void> {
    const { store, observer } = this.options;
    const problem = await this.deliver(message, signal);
    if (signal.aborted && problem !== undefined) return; // the lease ends, and somebody else tries
    const delay = problem === undefined ? undefined : RETRY_DELAYS_MS[message.tries];
    observer.webhookSent(problem === undefined ? 'delivered' : delay === undefined ? 'given_up' : 'retried', problem);
    await store.settleMessage(message.job.id, delay);
  }

  /** What went wrong; undefined = delivered. */
  private async deliver({ job }: DueMessage, signal: AbortSignal): Promise<string | undefined> {
    const { allowPrivate } = this.options.settings;
    const id = `msg_${job.id}`; // the same for every try, so that the receiver knows a repetition
    const body = JSON.stringify(webhookEvent(job));
    const now = new Date();
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'embedding-pipeline',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': this.signer?.sign(id, now, body) ?? '',
    };
    try {
      const status = await postWebhook({ url: job.webhookUrl ?? '', headers, body, allowPrivate, signal });
      return status >= 200 && status < 300 ? undefined : `it answered ${status}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}
