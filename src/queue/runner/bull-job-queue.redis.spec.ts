import Bull from 'bull';
import { Redis } from 'ioredis';
import { eventually } from '../../../test/support/eventually.js';
import { startRedis, type StartedRedis } from '../../../test/support/start-redis.js';
import type { ChunkRef } from '../job.js';
import { BullConnections, BullJobQueue, bullOptions } from './bull-job-queue.js';
import { describeJobQueue } from './job-queue.contract.js';

jest.setTimeout(60_000);

let redis: StartedRedis;
let connections: BullConnections;
let queues = 0;

beforeAll(async () => {
  redis = await startRedis();
  connections = await BullConnections.to(redis.url);
});

afterAll(async () => {
  connections.close();
  await redis.stop();
});

describeJobQueue('BullJobQueue', async () => {
  const queue = new Bull<ChunkRef>(`queue-${queues++}`, bullOptions(connections));
  await queue.isReady();
  return new BullJobQueue(queue);
});

describe('BullJobQueue', () => {
  it('begins to work when a Redis that has refused its password accepts it', async () => {
    const strict = await startRedis(undefined, { parameters: ['--requirepass', 'another'] });
    const own = await BullConnections.to(strict.url.replace('//', '//:mine@'));
    const bull = new Bull<ChunkRef>('refused', bullOptions(own));
    const refused = new Promise((resolve) => bull.once('error', resolve));
    const queue = new BullJobQueue(bull);
    const handled = new Promise<ChunkRef>((resolve) => {
      queue.work(1, (chunk) => {
        resolve(chunk);
        return Promise.resolve();
      });
    });
    expect(String(await refused)).toContain('WRONGPASS');

    const admin = new Redis(strict.url, { password: 'another' });
    await admin.config('SET', 'requirepass', 'mine');
    admin.disconnect();
    await eventually(
      'an offer that is taken',
      async () =>
        await queue.offer([{ jobId: 'a', start: 0, count: 1 }], 'me').then(
          () => true,
          () => false,
        ),
    );
    expect(await handled).toEqual({ jobId: 'a', start: 0, count: 1 });
    await queue.close();
    own.close();
    await strict.stop();
  });

  it('leaves no connection of Bull open', async () => {
    const counted = await startRedis();
    const admin = new Redis(counted.url);
    const own = await BullConnections.to(counted.url);
    const queue = new BullJobQueue(new Bull<ChunkRef>('counted', bullOptions(own)));
    queue.work(1, () => Promise.resolve());
    const open = async (): Promise<number> => String(await admin.client('LIST')).split('queue-').length - 1;
    await eventually('connections', async () => (await open()) > 1);
    await queue.close();
    own.close();
    expect(await eventually('no connection', async () => (await open()) === 0)).toBe(true);
    admin.disconnect();
    await counted.stop();
  });
});
