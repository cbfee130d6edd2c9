import { Logger } from '@nestjs/common';
import Bull from 'bull';
import { startRedisCluster, type StartedRedisCluster } from '../../test/support/start-redis-cluster.js';
import { connectRedis } from '../redis/index.js';
import type { ChunkRef } from './job.js';
import { BullConnections, BullJobQueue, bullOptions } from './runner/bull-job-queue.js';
import { describeJobQueue } from './runner/job-queue.contract.js';
import { describeJobStore } from './store/job-store.contract.js';
import { RedisJobStore } from './store/redis-job-store.js';

jest.setTimeout(60_000);

let cluster: StartedRedisCluster;
let connections: BullConnections;
let opened = 0;

beforeAll(async () => {
  Logger.overrideLogger(false); // nodes that are not there yet are expected here
  cluster = await startRedisCluster();
  connections = await BullConnections.to(cluster.url);
});

afterAll(async () => {
  connections.close();
  await cluster.stop();
});

// Each has a prefix of its own, so that it is empty.
describeJobStore(
  'RedisJobStore on a cluster',
  async (options) => new RedisJobStore(await connectRedis(cluster.url, 'test'), options, `${opened++}:`),
);

describeJobQueue('BullJobQueue on a cluster', async () => {
  const queue = new Bull<ChunkRef>('queue', bullOptions(connections, `${opened++}:`));
  await queue.isReady();
  return new BullJobQueue(queue);
});
