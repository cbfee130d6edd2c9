export { serveQueueBoard } from './board/serve-queue-board.js';
export { JobsService } from './jobs.service.js';
export { acceptNdjson } from './routes/ndjson-parser.js';
export { QueueGauges } from './queue-gauges.js';
export { QueueModule } from './queue.module.js';
