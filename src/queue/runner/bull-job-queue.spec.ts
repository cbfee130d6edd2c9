import Bull from 'bull';
import { startRedis, type StartedRedis } from '../../../test/support/start-redis.js';
import type { ChunkRef } from '../job.js';
import { BullJobQueue, bullOptions } from './bull-job-queue.js';
import { describeJobQueue } from './job-queue.contract.js';

jest.setTimeout(60_000);

let redis: StartedRedis;
let queues = 0;

beforeAll(async () => {
  redis = await startRedis();
});

afterAll(async () => {
  await redis.stop();
});

describeJobQueue('BullJobQueue', async () => {
  const queue = new Bull<ChunkRef>(`queue-${queues++}`, bullOptions(redis.url));
  await queue.isReady();
  return new BullJobQueue(queue);
});
