import { Injectable, Inject } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { QUEUE_SETTINGS, type QueueSettings } from '../../config/index.js';
import { postWebhook } from './webhook-request.js';

/** The pause before each further try: the first four within a quarter of an hour, then two an hour apart. */
export const WEBHOOK_RETRY_DELAYS_MS = [5_000, 30_000, 120_000, 600_000, 3_600_000, 3_600_000];

export interface WebhookMessage {
  readonly url: string;
  /** Every try has the same id, so that the receiver recognises a repetition. */
  readonly id: string;
  readonly event: object;
  readonly signal: AbortSignal;
}

/** Signs with WEBHOOK_SECRET, by the rules of Standard Webhooks (https://www.standardwebhooks.com). */
@Injectable()
export class SignedWebhooks {
  private readonly signer: Webhook | undefined;
  private readonly allowPrivate: boolean;

  constructor(@Inject(QUEUE_SETTINGS) { webhooks: { secret, allowPrivate } }: Pick<QueueSettings, 'webhooks'>) {
    this.signer = secret === undefined ? undefined : new Webhook(secret);
    this.allowPrivate = allowPrivate;
  }

  get canSign(): boolean {
    return this.signer !== undefined;
  }

  /** Resolves to the problem; undefined = delivered. */
  async deliver({ url, id, event, signal }: WebhookMessage): Promise<string | undefined> {
    const body = JSON.stringify(event);
    const now = new Date();
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'embedding-pipeline',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': this.signer?.sign(id, now, body) ?? '',
    };
    try {
      const status = await postWebhook({ url, headers, body, allowPrivate: this.allowPrivate, signal });
      return status >= 200 && status < 300 ? undefined : `it answered ${status}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}
