import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Serves Bull Board, for a queue in Redis. Its packages are loaded only there. */
export async function serveQueueBoard(app: NestFastifyApplication): Promise<void> {
  const { serveBullBoard } = await import('./bull-board.js');
  serveBullBoard(app);
}
