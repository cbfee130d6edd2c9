import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { embedBatch } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { plainEnvironment } from './support/plain-environment.js';
import { postJson } from './support/post-json.js';
import { readMetric } from './support/read-metric.js';
import { spawnService, type StartedService, startService } from './support/start-service.js';
import { StartedProcess } from './support/started-process.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { vectorBits } from './support/vector-bits.js';

jest.setTimeout(90_000);

const ADMIN_KEY = 'a-key-for-tests-only';
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

async function startOn(folder: string): Promise<StartedService> {
  return await startService({ CACHE_DIR: folder, RATE_LIMIT_REQUESTS: '0', ADMIN_KEY, EMBEDDING_WORKERS: '1' });
}

/** Asks without storing anything; returns hit, partial or miss. */
async function cacheUse({ url }: StartedService, texts: readonly string[]): Promise<string | null> {
  return (await embedBatch(url, texts, { 'cache-control': 'no-store' })).headers.get('x-cache');
}

function numbered(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${name} ${index}`);
}

describe('the cache of two processes in one folder', () => {
  let folder: string;
  let first: StartedService;
  let second: StartedService;

  beforeAll(async () => {
    folder = temporaryFolder();
    [first, second] = await Promise.all([startOn(folder), startOn(folder)]);
  });

  it('shares the vectors that one of them has computed', async () => {
    const texts = numbered('shared', 20);
    const computed = await embedBatch(first.url, texts);
    await eventually('the other to have it', async () => (await cacheUse(second, texts)) === 'hit');

    const stored = await embedBatch(second.url, texts);
    expect(stored.body.embeddings.map(vectorBits)).toEqual(computed.body.embeddings.map(vectorBits));
    expect(await readMetric(second.url, 'embedding_cache_lookups_total', { tier: 'disk', result: 'hit' })).toBe(20);
  });

  it('deletes in both the texts that one of them invalidates', async () => {
    const texts = numbered('forgotten', 3);
    await embedBatch(first.url, texts);
    await eventually('the other to have it', async () => (await cacheUse(second, texts)) === 'hit');
    await embedBatch(second.url, texts);

    const { body } = await postJson(`${first.url}/cache/invalidate`, { texts }, { authorization: `Bearer ${ADMIN_KEY}` });
    expect(body).toEqual({ removed: 3 });
    expect(await cacheUse(first, texts)).toBe('miss');
    await eventually('the other to forget it', async () => (await cacheUse(second, texts)) === 'miss');
  });

  it('survives kill -9 of one during a write, and of both', async () => {
    const kept = numbered('kept', 30);
    const before = await embedBatch(first.url, kept);
    const doomed = numbered('doomed', 400).map((_, index) => embedBatch(first.url, [`doomed ${index}`]).catch(() => undefined));
    await doomed[20];
    first.kill('SIGKILL');
    await first.exitCode;
    await Promise.all(doomed);
    const after = await embedBatch(second.url, numbered('doomed', 60));
    expect(after.status).toBe(200);
    await eventually('all to be stored', async () => (await cacheUse(second, kept)) === 'hit');
    second.kill('SIGKILL');
    await second.exitCode;

    first = await startOn(folder);
    const again = await embedBatch(first.url, kept);
    expect(again.headers.get('x-cache')).toBe('hit');
    expect(again.body.embeddings.map(vectorBits)).toEqual(before.body.embeddings.map(vectorBits));
  });
});

describe('a full disk', () => {
  it('fails no request: vectors without room are not kept, and one log line says so', async () => {
    const environment = plainEnvironment({ API_PORT: '0', RATE_LIMIT_REQUESTS: '0', EMBEDDING_WORKERS: '1' });
    const limited = ['-c', 'ulimit -f 300; exec "$0" "$1"', process.env['E2E_NODE'] ?? process.execPath, MAIN]; // no file grows over 150 KiB
    const service = new StartedProcess('sh', limited, { cwd: temporaryFolder(), env: environment });
    const [, url = ''] = await service.printed(/Listening on (http:\/\/[^\s"/]+)/, 60_000);

    const failed = { tier: 'disk', result: 'error' };
    let rounds = 0;
    await eventually('a write that fails', async () => {
      expect((await embedBatch(url, numbered(`round ${rounds++}`, 50))).status).toBe(200);
      return ((await readMetric(url, 'embedding_cache_lookups_total', failed)) ?? 0) > 2;
    });
    expect((await embedBatch(url, numbered('round 0', 50))).body.cached_count).toBe(50);
    expect(await service.stop()).toBe(0);
    const lines = await eventually('the line', () => service.stdout().match(/A write of the disk cache failed/g) ?? undefined);
    expect(lines).toHaveLength(1);
  });
});

describe('an unusable folder', () => {
  it('as CACHE_DIR stops the start with one line', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'vectors-1.lmdb'), 'not what LMDB writes '.repeat(2000));
    const service = spawnService({ CACHE_DIR: folder });

    expect(await service.exitCode).toBe(1);
    expect(service.stderr().trimEnd().split('\n')).toEqual([expect.stringMatching(/^CACHE_DIR=.* is damaged .*CACHE_DIR=off$/)]);
  });

  it('by default only turns off the disk cache', async () => {
    const service = await startService({ DATA_DIR: '/dev/null', RATE_LIMIT_REQUESTS: '0' });
    await embedBatch(service.url, ['in memory']);
    expect((await embedBatch(service.url, ['in memory'])).body.cached_count).toBe(1);
    await eventually(
      'both lines',
      () => /A restart will lose the cache/.test(service.stdout()) && /batches cannot be kept/.test(service.stdout()),
    );
    const form = new FormData();
    form.set('purpose', 'batch');
    form.set('file', new Blob(['{}']), 'requests.jsonl');
    expect((await fetch(`${service.url}/v1/files`, { method: 'POST', body: form })).status).toBe(507);
  });
});
