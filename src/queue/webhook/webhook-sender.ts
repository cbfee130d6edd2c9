import type { DueMessage, JobStore } from '../store/job-store.port.js';
import { WEBHOOK_RETRY_DELAYS_MS, type SignedWebhooks } from './signed-webhooks.js';
import { webhookEvent } from './webhook-event.js';

/** Messages sent at the same time. */
const AT_ONCE = 16;
/** Longer than a delivery can take. */
const LEASE_MS = 30_000;

export interface WebhookObserver {
  webhookSent(outcome: 'delivered' | 'retried' | 'given_up', problem?: string): void;
}

interface WebhookSenderOptions {
  readonly store: JobStore;
  readonly webhooks: SignedWebhooks;
  readonly observer: WebhookObserver;
}

/** Delivers the messages of finished jobs, at least once each, signed as Standard Webhooks (https://www.standardwebhooks.com). */
export class WebhookSender {
  constructor(private readonly options: WebhookSenderOptions) {}

  /** Sends what is due until nothing is. */
  async sendDue(signal: AbortSignal): Promise<void> {
    const { store, webhooks } = this.options;
    while (webhooks.canSign && !signal.aborted) {
      const messages = await store.takeMessages(AT_ONCE, LEASE_MS);
      if (messages.length === 0) return;
      await Promise.all(messages.map(async (message) => await this.send(message, signal)));
    }
  }

  private async send(message: DueMessage, signal: AbortSignal): Promise<void> {
    const { store, observer, webhooks } = this.options;
    const { job } = message;
    const problem = await webhooks.deliver({ url: job.webhookUrl ?? '', id: `msg_${job.id}`, event: webhookEvent(job), signal });
    if (signal.aborted && problem !== undefined) return; // the lease ends, and somebody else tries
    const delay = problem === undefined ? undefined : WEBHOOK_RETRY_DELAYS_MS[message.tries];
    observer.webhookSent(problem === undefined ? 'delivered' : delay === undefined ? 'given_up' : 'retried', problem);
    await store.settleMessage(job.id, delay);
  }
}
