import type { DueMessage, JobStore, MessageRoute } from '../store/job-store.port.js';
import { destinationOf } from './destination.js';
import { WEBHOOK_RETRY_DELAYS_MS, type SignedWebhooks } from './signed-webhooks.js';
import { webhookEvent } from './webhook-event.js';

/** Deliveries at the same time. A receiver may hang, so each account and each destination has a share of its own. */
const AT_ONCE = { limit: 256, perAccount: 16, perDestination: 4 };
/** Longer than a delivery can take. */
const LEASE_MS = 30_000;

export interface WebhookObserver {
  webhookSent(outcome: 'delivered' | 'retried' | 'given_up', problem?: string): void;
}

interface WebhookSenderOptions {
  readonly store: JobStore;
  readonly webhooks: Pick<SignedWebhooks, 'canSign' | 'deliver'>;
  readonly observer: WebhookObserver;
}

/** Delivers the messages of finished jobs, at least once each, signed as Standard Webhooks (https://www.standardwebhooks.com). */
export class WebhookSender {
  private readonly underway = new Map<Promise<void>, MessageRoute>();
  private taking: Promise<void> | undefined;
  /** Whether messages may be due, or deliveries may have ended, since the store was last asked. */
  private isStale = false;

  constructor(private readonly options: WebhookSenderOptions) {}

  /** Starts the deliveries that are due and may start; more start by themselves as these end. Rejects when the store fails. */
  async sendDue(signal: AbortSignal): Promise<void> {
    this.isStale = true;
    this.taking ??= this.takeWhileStale(signal).finally(() => (this.taking = undefined));
    await this.taking;
  }

  /** Resolves when nothing is being delivered. */
  async settled(): Promise<void> {
    await Promise.all(this.underway.keys());
  }

  private async takeWhileStale(signal: AbortSignal): Promise<void> {
    const { store, webhooks } = this.options;
    while (this.isStale && webhooks.canSign && !signal.aborted) {
      this.isStale = false;
      const messages = await store.takeMessages({ ...AT_ONCE, leaseMs: LEASE_MS, underway: [...this.underway.values()] });
      for (const message of messages) this.start(message, signal);
    }
  }

  private start(message: DueMessage, signal: AbortSignal): void {
    const { account, webhookUrl = '' } = message.job;
    const delivery = this.send(message, signal)
      .catch(() => undefined) // the store does not answer: the lease ends, and the message is sent again
      .finally(() => {
        this.underway.delete(delivery);
        void this.sendDue(signal).catch(() => undefined); // the next round reports it
      });
    this.underway.set(delivery, { account, destination: destinationOf(webhookUrl) });
  }

  private async send({ job, tries }: DueMessage, signal: AbortSignal): Promise<void> {
    const { store, observer, webhooks } = this.options;
    const problem = await webhooks.deliver({ url: job.webhookUrl ?? '', id: `msg_${job.id}`, event: webhookEvent(job), signal });
    if (signal.aborted && problem !== undefined) return; // the lease ends, and another process tries
    const delay = problem === undefined ? undefined : WEBHOOK_RETRY_DELAYS_MS[tries];
    observer.webhookSent(problem === undefined ? 'delivered' : delay === undefined ? 'given_up' : 'retried', problem);
    await store.settleMessage(job.id, delay);
  }
}
