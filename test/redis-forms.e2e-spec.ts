import { join } from 'node:path';
import { embed } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { freePort } from './support/free-port.js';
import { makeCertificates } from './support/make-certificates.js';
import { getJson } from './support/get-json.js';
import { jobTexts, submitJob, type JobBody } from './support/jobs.js';
import { postJson } from './support/post-json.js';
import { startRedisCluster } from './support/start-redis-cluster.js';
import { startRedisSentinel } from './support/start-redis-sentinel.js';
import { startRedis, type StartedRedis } from './support/start-redis.js';
import { startService, type StartedService } from './support/start-service.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { untilReplicated } from './support/until-replicated.js';

const ADMIN_KEY = 'a-key-for-tests-only';
const LIMIT = 30;
const TEXTS = 300;

interface Form {
  readonly url: string;
  /** Removes the server that has all the data, permanently. */
  readonly failOver?: () => Promise<void>;
  /** The URL for the service. */
  readonly settings?: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const SURVIVORS: readonly string[] = ['redis+cluster', 'redis+sentinel'];

const FORMS: Readonly<Record<string, () => Promise<Form>>> = {
  'redis+cluster': async () => {
    const cluster = await startRedisCluster();
    return { ...cluster, failOver: async () => await crashReplicated(cluster.masters[0]) };
  },
  'redis+sentinel': async () => {
    const sentinel = await startRedisSentinel();
    return { ...sentinel, failOver: async () => await crashReplicated(sentinel.master) };
  },
  'redis+unix': async () => {
    const path = join(temporaryFolder(), 'redis.sock');
    const redis = await startRedis(undefined, { parameters: ['--unixsocket', path, '--requirepass', 'word'] });
    return { ...redis, url: `redis+unix://:word@${path}?db=1` };
  },
  'rediss with a certificate of an own authority': async () => {
    const { folder, authority } = makeCertificates();
    const port = await freePort();
    const tls = ['--tls-port', `${port}`, '--tls-cert-file', join(folder, 'server.crt'), '--tls-key-file', join(folder, 'server.key')];
    const redis = await startRedis(undefined, { parameters: [...tls, '--tls-ca-cert-file', authority, '--tls-auth-clients', 'no'] });
    return { ...redis, url: `rediss://localhost:${port}`, settings: { NODE_EXTRA_CA_CERTS: authority } };
  },
  'redis with an ACL user who may use this prefix only': async () => {
    const user = ['--user', 'app', 'on', '>word', '~staging:*', '&staging:*', '+@all', '-@dangerous', '+info'];
    const redis = await startRedis(undefined, { parameters: [...user, '--user', 'default', 'off'] });
    return { ...redis, url: `redis://app:word@127.0.0.1:${redis.port}/0` };
  },
};

/** Waits for replication before the crash, because Redis itself may lose writes that are not replicated. */
async function crashReplicated(master: StartedRedis | undefined): Promise<void> {
  if (master === undefined) return;
  await untilReplicated(master.url);
  await master.crash();
}

let callers = 0;

/** A caller that was not counted yet, so that only the calls of one step count. */
function newCaller(): Readonly<Record<string, string>> {
  return { 'x-forwarded-for': `10.0.0.${++callers}` };
}

describe.each(Object.entries(FORMS))('Two instances on %s', (name, start) => {
  const survives = SURVIVORS.includes(name);
  let form: Form;
  let instances: readonly [StartedService, StartedService];

  beforeAll(async () => {
    form = await start();
    const settings = {
      REDIS_URL: form.url,
      REDIS_KEY_PREFIX: 'staging:',
      RATE_LIMIT_REQUESTS: String(LIMIT),
      RATE_LIMIT_WINDOW: '3600',
      TRUST_PROXY: '1',
      ADMIN_KEY,
      EMBEDDING_WORKERS: '1',
      CACHE_TIMEOUT_MS: '500',
      ...form.settings,
    };
    instances = await Promise.all([startService(settings), startService(settings)]);
  });

  afterAll(async () => {
    await Promise.all(instances.map(async (instance) => await instance.stop()));
    await form.stop();
  });

  /** Sends half of the calls to each instance. */
  async function passedOf90(): Promise<number> {
    const caller = newCaller();
    const urls = Array.from({ length: 45 }, () => instances.map(({ url }) => url)).flat();
    const statuses = await Promise.all(urls.map(async (url) => (await embed(url, 'a', caller)).status));
    expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
    return statuses.filter((status) => status === 200).length;
  }

  /** A call that Redis answers late is counted by one process alone, as designed; a busy machine makes some late. */
  async function untilExact(): Promise<void> {
    await eventually('limits that are shared', async () => (await passedOf90()) === LIMIT);
  }

  async function isCachedBy({ url }: StartedService, text: string): Promise<boolean> {
    return (await embed(url, text, newCaller())).body.cached;
  }

  async function invalidate(text: string): Promise<number> {
    return (await postJson(`${instances[0].url}/cache/invalidate`, { texts: [text] }, { authorization: `Bearer ${ADMIN_KEY}` })).status;
  }

  async function expectSharedCache(text: string): Promise<void> {
    const [first, second] = instances;
    await isCachedBy(first, text);
    await eventually('a hit of the second instance', async () => await isCachedBy(second, text));
    await eventually('an invalidation', async () => (await invalidate(text)) === 200);
    expect(await isCachedBy(second, text)).toBe(false);
  }

  async function submitted(seed: string): Promise<string> {
    const { status, body } = await submitJob(instances[0].url, jobTexts(TEXTS, seed), newCaller());
    expect(status).toBe(202);
    return body.id;
  }

  async function expectDone(id: string): Promise<void> {
    const done = await eventually(
      'a job that is done',
      async () => {
        const { body } = await getJson<JobBody>(`${instances[1].url}/jobs/${id}`, newCaller());
        return body.status === 'completed' && body;
      },
      60_000,
    );
    expect(done.progress).toEqual({ total: TEXTS, completed: TEXTS, failed: 0 });
  }

  it('share the cache and its invalidations, complete a job, and count calls exactly', async () => {
    await expectSharedCache('shared');
    await expectDone(await submitted('form'));
    await untilExact();
  });

  if (!survives) return;

  it('do so again after the server is lost and another one takes over', async () => {
    const id = await submitted('lost');
    await form.failOver?.();
    await expectDone(id);
    await expectSharedCache('shared again');
    await untilExact();
  });
});
