export { serveQueueBoard } from './board/serve-queue-board.js';
export type { ItemResult } from './chunk-results.js';
export type { Job, JobItem } from './job.js';
export { JobsService, type ResultsPart } from './jobs.service.js';
export { acceptNdjson } from './routes/ndjson-parser.js';
export { Periodic } from './runner/periodic.js';
export { QueueGauges } from './queue-gauges.js';
export { QueueModule } from './queue.module.js';
export { SignedWebhooks, WEBHOOK_RETRY_DELAYS_MS } from './webhook/signed-webhooks.js';
