import { Injectable, Inject } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { QUEUE_SETTINGS, type QueueSettings } from '../../config/index.js';
import { postWebhook } from './webhook-request.js';

/** Before each further try: a quarter of an hour in all, then two more an hour apart. */
export const WEBHOOK_RETRY_DELAYS_MS = [5_000, 30_000, 120_000, 600_000, 3_600_000, 3_600_000];

export interface WebhookMessage {
  readonly url: string;
  /** The same for every try, so that the receiver knows a repetition. */
  readonly id: string;
  readonly event: object;
  readonly signal: AbortSignal;
}

/** Signs as Standard Webhooks say (https://www.standardwebhooks.com), with WEBHOOK_SECRET. */
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

  /** What went wrong; undefined = delivered. */
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
