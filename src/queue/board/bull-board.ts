import { createBullBoard } from '@bull-board/api';
import { BullAdapter } from '@bull-board/api/bullAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Queue } from 'bull';
import { AdminGuard } from '../../auth/index.js';
import type { ChunkRef } from '../job.js';
import { BULL_QUEUE } from '../runner/bull-job-queue.js';
import { boardAccess } from './board-access.js';

const PATH = '/queues';
const POLL_SECONDS = 5;

/** Bull Board, for a queue in Redis. Nest's guards do not see the routes of a plugin, so a hook protects them. */
export function serveBullBoard(app: NestFastifyApplication): void {
  const adapter = new FastifyAdapter().setBasePath(PATH);
  createBullBoard({
    queues: [new BullAdapter(app.get<Queue<ChunkRef>>(BULL_QUEUE))],
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Embedding jobs', pollingInterval: { showSetting: false, forceInterval: POLL_SECONDS } } },
  });
  void app
    .getHttpAdapter()
    .getInstance()
    .register((scope, _options, done) => {
      scope.addHook('onRequest', boardAccess(app.get(AdminGuard)));
      void scope.register(adapter.registerPlugin(), { prefix: PATH });
      done();
    });
}
