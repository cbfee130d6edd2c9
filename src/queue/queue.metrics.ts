import { Injectable, Logger } from '@nestjs/common';
import { InjectMetric, makeCounterProvider } from '@willsoto/nestjs-prometheus';
import type { Counter } from 'prom-client';
import type { RunObserver } from './runner/run-observer.port.js';
import type { WebhookObserver } from './webhook/webhook-sender.js';

const TEXTS = 'embedding_job_texts_total';
const RETRIES = 'embedding_job_chunk_retries_total';
const WEBHOOKS = 'embedding_job_webhooks_total';

export const queueMetricProviders = [
  makeCounterProvider({ name: TEXTS, help: 'Texts of jobs done by this process, by result', labelNames: ['result'] }),
  makeCounterProvider({ name: RETRIES, help: 'Chunks of jobs tried again by this process, whole or in halves', labelNames: ['how'] }),
  makeCounterProvider({ name: WEBHOOKS, help: 'Deliveries to webhooks by this process, by outcome', labelNames: ['outcome'] }),
];

/** Counts texts, retries and webhooks of jobs. */
@Injectable()
export class QueueMetrics implements RunObserver, WebhookObserver {
  private readonly logger = new Logger('Webhooks');

  constructor(
    @InjectMetric(TEXTS) private readonly texts: Counter<'result'>,
    @InjectMetric(RETRIES) private readonly retries: Counter<'how'>,
    @InjectMetric(WEBHOOKS) private readonly webhooks: Counter<'outcome'>,
  ) {
    for (const result of ['completed', 'failed']) texts.inc({ result }, 0);
    for (const how of ['whole', 'halved']) retries.inc({ how }, 0);
    for (const outcome of ['delivered', 'retried', 'given_up']) webhooks.inc({ outcome }, 0);
  }

  textsDone(completed: number, failed: number): void {
    this.texts.inc({ result: 'completed' }, completed);
    this.texts.inc({ result: 'failed' }, failed);
  }

  chunkRetried(): void {
    this.retries.inc({ how: 'whole' });
  }

  chunkSplit(): void {
    this.retries.inc({ how: 'halved' });
  }

  webhookSent(outcome: 'delivered' | 'retried' | 'given_up', problem?: string): void {
    this.webhooks.inc({ outcome });
    if (outcome === 'given_up') this.logger.warn(`A webhook was not delivered and is given up: ${problem}`);
  }
}
