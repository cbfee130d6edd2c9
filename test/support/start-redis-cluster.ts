import { Redis } from 'ioredis';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { startRedis, type StartedRedis } from './start-redis.js';

const SLOTS = 16_384;
const MASTERS = 3;
const NODE_TIMEOUT_MS = 1_500;

export interface StartedRedisCluster {
  /** In the form of REDIS_URL. */
  readonly url: string;
  readonly masters: readonly StartedRedis[];
  /** Removes every key. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

interface Node {
  readonly server: StartedRedis;
  readonly admin: Redis;
  readonly busPort: number;
}

/** Three masters with a replica each, all on this machine; a replica takes over two seconds or so after its master is killed. */
export async function startRedisCluster(): Promise<StartedRedisCluster> {
  const nodes = await Promise.all(Array.from({ length: 2 * MASTERS }, startNode));
  const masters = nodes.slice(0, MASTERS);
  for (const { server, busPort } of nodes.slice(1)) await nodes[0]?.admin.call('CLUSTER', 'MEET', '127.0.0.1', server.port, busPort);
  await Promise.all(
    masters.map(async ({ admin }, index) => await admin.call('CLUSTER', 'ADDSLOTSRANGE', first(index), first(index + 1) - 1)),
  );
  await eventually('a cluster whose nodes know each other', async () =>
    (await Promise.all(nodes.map(knownNodes))).every((known) => known === nodes.length),
  );
  await Promise.all(nodes.slice(MASTERS).map(async (node, index) => await replicate(node, masters[index])));
  await eventually('a cluster that works', async () => (await Promise.all(nodes.map(isReady))).every(Boolean));
  return {
    url: `redis+cluster://${nodes.map(({ server }) => `127.0.0.1:${server.port}`).join(',')}`,
    masters: masters.map(({ server }) => server),
    flush: async () => void (await Promise.all(masters.map(async ({ admin }) => await admin.flushall()))),
    stop: async () => {
      for (const { admin } of nodes) admin.disconnect();
      await Promise.all(nodes.map(async ({ server }) => await server.crash()));
    },
  };
}

async function startNode(): Promise<Node> {
  const busPort = await freePort();
  const server = await startRedis(undefined, {
    parameters: ['--cluster-enabled', 'yes', '--cluster-port', `${busPort}`, '--cluster-node-timeout', `${NODE_TIMEOUT_MS}`],
  });
  const admin = new Redis(server.url);
  admin.on('error', () => undefined); // nodes are killed on purpose
  return { server, admin, busPort };
}

function first(master: number): number {
  return Math.floor((SLOTS * master) / MASTERS);
}

async function knownNodes({ admin }: Node): Promise<number> {
  return Number(/cluster_known_nodes:(\d+)/.exec(await info(admin))?.[1]);
}

async function replicate({ admin }: Node, master: Node | undefined): Promise<void> {
  const id = String(await master?.admin.call('CLUSTER', 'MYID'));
  await eventually('a master that the replica knows', async () => String(await admin.call('CLUSTER', 'NODES')).includes(id));
  await admin.call('CLUSTER', 'REPLICATE', id);
}

async function isReady({ admin }: Node): Promise<boolean> {
  const replication = await admin.info('replication');
  const isMaster = replication.includes('role:master');
  const isInSync = isMaster ? /connected_slaves:1/.test(replication) : replication.includes('master_link_status:up');
  return isInSync && (await info(admin)).includes('cluster_state:ok');
}

async function info(admin: Redis): Promise<string> {
  return String(await admin.call('CLUSTER', 'INFO'));
}
