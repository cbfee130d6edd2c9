import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { plainEnvironment } from './plain-environment.js';
import { startRedis, type StartedRedis } from './start-redis.js';
import { StartedProcess } from './started-process.js';
import { temporaryFolder } from './temporary-folder.js';

const MASTER = 'mymaster';
const START_TIMEOUT_MS = 60_000;

export interface StartedRedisSentinel {
  /** In the form of REDIS_URL. */
  readonly url: string;
  readonly master: StartedRedis;
  readonly replica: StartedRedis;
  /** Has the replica take over while the master lives on; resolves when it has. */
  failOver(): Promise<void>;
  stop(): Promise<void>;
}

/** A master, its replica, and a sentinel that has the replica take over a second or so after the master is gone. */
export async function startRedisSentinel(): Promise<StartedRedisSentinel> {
  const master = await startRedis();
  const replica = await startRedis(undefined, { parameters: ['--replicaof', '127.0.0.1', `${master.port}`] });
  const sentinel = await startSentinel(master.port);
  const admin = new Redis(sentinel.port);
  await eventually('a sentinel that knows the replica', async () =>
    String(await admin.call('SENTINEL', 'MASTER', MASTER)).includes('num-slaves,1'),
  );
  const masterPort = async (): Promise<number> => {
    const address = (await admin.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER)) as [string, string];
    return Number(address[1]);
  };
  return {
    url: `redis+sentinel://127.0.0.1:${sentinel.port}/${MASTER}/0`,
    master,
    replica,
    failOver: async () => {
      await admin.call('SENTINEL', 'FAILOVER', MASTER);
      await eventually('another master', async () => (await masterPort()) === replica.port);
    },
    stop: async () => {
      admin.disconnect();
      await sentinel.process.stop('SIGKILL');
      await Promise.all([master.crash(), replica.crash()]);
    },
  };
}

async function startSentinel(masterPort: number): Promise<{ readonly port: number; readonly process: StartedProcess }> {
  const port = await freePort();
  const cwd = temporaryFolder();
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `sentinel monitor ${MASTER} 127.0.0.1 ${masterPort} 1`,
    `sentinel down-after-milliseconds ${MASTER} 1000`,
    `sentinel failover-timeout ${MASTER} 5000`,
  ];
  writeFileSync(join(cwd, 'sentinel.conf'), `${lines.join('\n')}\n`);
  const process = new StartedProcess('redis-server', ['sentinel.conf', '--sentinel'], { cwd, env: plainEnvironment() });
  await process.printed(/Sentinel ID is/, START_TIMEOUT_MS);
  return { port, process };
}
