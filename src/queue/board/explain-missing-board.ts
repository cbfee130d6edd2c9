import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminGuard } from '../../auth/index.js';
import { ServiceError } from '../../errors/index.js';
import { sendError } from '../../http/index.js';
import { boardAccess } from './board-access.js';

const REASONS = {
  admin: 'needs an admin key: set ADMIN_KEY.',
  redis: 'needs a Redis: set REDIS_URL or QUEUE_REDIS_URL. Without one, this process keeps and does the jobs itself; GET /jobs lists them.',
};

export interface MissingBoard {
  /** The settings that are missing, at least one. */
  readonly lacks: readonly (keyof typeof REASONS)[];
  /** Makes the page of a message. */
  readonly page: (message: string) => string;
}

/** Answers requests for the queue board, where there is none, with the reason: a page for browsers, else JSON. Its protection is that of the board. */
export function explainMissingBoard(app: NestFastifyApplication, { lacks, page }: MissingBoard): void {
  const message = lacks.map((what, index) => `${index === 0 ? 'The queue board' : 'It also'} ${REASONS[what]}`).join(' ');
  const html = page(message);
  const answer = (request: FastifyRequest, reply: FastifyReply): void => {
    if (request.headers.accept?.includes('text/html') === true) void reply.status(404).type('text/html; charset=utf-8').send(html);
    else sendError(new ServiceError('not_found', message), request, reply);
  };
  void app
    .getHttpAdapter()
    .getInstance()
    .register((scope, _options, done) => {
      if (!lacks.includes('admin')) scope.addHook('onRequest', boardAccess(app.get(AdminGuard)));
      for (const path of ['/queues', '/queues/*']) scope.get(path, answer);
      done();
    });
}
