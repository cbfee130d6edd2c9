import { Inject, Injectable } from '@nestjs/common';
import { BATCH_SETTINGS, type BatchSettings } from '../../config/index.js';
import { SignedWebhooks, WEBHOOK_RETRY_DELAYS_MS } from '../../queue/index.js';
import { DOCUMENT_STORE, type DocumentStore, type Stored } from '../store/document-store.port.js';
import { hasEnded, type BatchRecord } from './batch-record.js';
import { BatchesService } from './batches.service.js';

const EVENT = 'batch-event';
/** Deliveries at the same time; all of them go to one receiver. */
const EVENTS_AT_ONCE = 16;

interface PendingEvent {
  readonly tries: number;
  readonly dueAt: number;
}

/** Tells BATCH_WEBHOOK_URL of batches that have ended, at least once each, in the form that OpenAI's clients verify. */
@Injectable()
export class BatchWebhooks {
  constructor(
    @Inject(DOCUMENT_STORE) private readonly documents: DocumentStore,
    @Inject(BATCH_SETTINGS) private readonly settings: BatchSettings,
    private readonly batches: BatchesService,
    private readonly webhooks: SignedWebhooks,
  ) {}

  /** Call it before the batch gets its last status, so that a crash between the two loses no message. */
  async announce(batchId: string): Promise<void> {
    if (this.settings.webhookUrl === undefined) return;
    await this.documents.put(EVENT, batchId, { tries: 0, dueAt: 0 } satisfies PendingEvent, 0);
  }

  async sendDue(signal: AbortSignal): Promise<void> {
    const { webhookUrl } = this.settings;
    if (webhookUrl === undefined) return;
    for await (const due of this.due()) {
      if (signal.aborted) return;
      await Promise.all(due.map(async (event) => await this.send(event, webhookUrl, signal)));
    }
  }

  /** Yields the events that are due, a few at a time. Events that wait for another try do not delay later ones. */
  private async *due(): AsyncGenerator<readonly Stored<PendingEvent>[]> {
    for (let after: string | undefined; ;) {
      const pending = await this.documents.list<PendingEvent>({ kind: EVENT, order: 'ascending', after, limit: EVENTS_AT_ONCE });
      yield pending.filter(({ value }) => value.dueAt <= Date.now());
      if (pending.length < EVENTS_AT_ONCE) return;
      after = pending.at(-1)?.id;
    }
  }

  private async send(event: Stored<PendingEvent>, url: string, signal: AbortSignal): Promise<void> {
    const batch = await this.batches.find(event.id);
    if (batch === undefined) return void (await this.documents.remove(EVENT, event.id));
    if (!hasEnded(batch)) return;
    const delay = WEBHOOK_RETRY_DELAYS_MS[event.value.tries];
    const next: PendingEvent = { tries: event.value.tries + 1, dueAt: Date.now() + (delay ?? 0) };
    if (!(await this.documents.put(EVENT, event.id, next, event.version))) return; // another process sends it
    const body = eventOf(batch);
    const problem = await this.webhooks.deliver({ url, id: body.id, event: body, signal });
    if (problem === undefined || delay === undefined) await this.documents.remove(EVENT, event.id);
  }
}

/** Every try sends the same event, so that the receiver recognises a repetition. */
function eventOf({ id, status, endedAt }: BatchRecord): { readonly id: string } {
  const event = { id: id.replace('batch_', 'evt_'), object: 'event', created_at: endedAt, type: `batch.${status}`, data: { id } };
  return event;
}
