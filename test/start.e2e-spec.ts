import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { embed } from './support/embed.js';
import { copyOfBundledModel } from './support/model-folder.js';
import { plainEnvironment } from './support/plain-environment.js';
import { readStats } from './support/read-stats.js';
import { MAIN, spawnService, startService } from './support/start-service.js';
import { StartedProcess } from './support/started-process.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { vectorBits } from './support/vector-bits.js';

jest.setTimeout(60_000);

const STACK_TRACE = /^\s+at |Error:|node:internal/m;

type Settings = Readonly<Record<string, string>>;

/** Starts a service that cannot run, and returns its lines; it must end by itself, without a stack trace. */
async function faultsOf(settings: Settings): Promise<readonly string[]> {
  const service = spawnService(settings);
  expect(await service.exitCode).toBe(1);
  expect(service.stdout() + service.stderr()).not.toMatch(STACK_TRACE);
  expect(service.stdout()).not.toContain('Listening');
  return service.stderr().trimEnd().split('\n');
}

describe('an invalid setting stops the start with one line that names the allowed values', () => {
  it.each<{ name: string; value: string; allowed: RegExp }>([
    { name: 'EMBEDDING_DIM', value: '12', allowed: /384/ },
    { name: 'API_PORT', value: 'abc', allowed: /0 to 65535/ },
    { name: 'EMBEDDING_MODEL', value: 'nope', allowed: /all-MiniLM-L6-v2.*folder.*hub/ },
    { name: 'CACHE_TTL', value: '-1', allowed: /1 to \d+ seconds/ },
    { name: 'EMBEDDING_MAX_TOKENS', value: '513', allowed: /3 to 512/ },
    { name: 'EMBEDDING_DTYPE', value: 'fp16', allowed: /fp16/ },
    { name: 'REDIS_URL', value: 'http://localhost', allowed: /redis:\/\// },
  ])('$name=$value', async ({ name, value, allowed }) => {
    const faults = await faultsOf({ [name]: value });

    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(name);
    expect(faults[0]).toMatch(allowed);
    if (name !== 'REDIS_URL') expect(faults[0]).toContain(value); // it may hold a password
  });

  it('one line for each of several invalid settings', async () => {
    const faults = await faultsOf({ API_PORT: 'abc', CACHE_TTL: '-1', LOG_LEVEL: 'loud', ADMIN_KEY: 'short' });

    expect(faults.map((fault) => fault.replace(/=.*/, '')).sort()).toEqual(['ADMIN_KEY', 'API_PORT', 'CACHE_TTL', 'LOG_LEVEL']);
    expect(faults.join()).not.toContain('short');
  });
});

describe('a misspelt setting', () => {
  it('is a warning that names the setting that was meant, in the environment and in .env', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, '.env'), 'EMBEDING_MODEL=nope\n');
    const service = spawnService({ RATE_LIMIT_REQUEST: '5', API_PORT: 'abc' }, { cwd });
    await service.exitCode;

    expect(service.stderr().trimEnd().split('\n')).toEqual([
      'Warning: EMBEDING_MODEL is not a setting of this service and has no effect; did you mean EMBEDDING_MODEL?',
      'Warning: RATE_LIMIT_REQUEST is not a setting of this service and has no effect; did you mean RATE_LIMIT_REQUESTS?',
      'API_PORT=abc is not allowed: use a whole number from 0 to 65535',
    ]);
  });
});

describe('a limit of open files that is too low', () => {
  it.each(['main.js', 'worker.js', 'cli.js'])('stops the start of %s with one line that says how to raise it', async (program) => {
    const path = join(dirname(MAIN), program);
    const shell = new StartedProcess('sh', ['-c', `ulimit -n 64; exec "${process.execPath}" "${path}"`], {
      cwd: temporaryFolder(),
      env: plainEnvironment(),
    });

    expect(await shell.exitCode).toBe(1);
    expect([shell.stdout(), shell.stderr()]).toEqual([
      '',
      'At most 64 files may be open (ulimit -n), and the service needs 512: raise the limit, for example with ulimit -n 4096\n',
    ]);
  });
});

describe('a port that is in use', () => {
  it.each(['API_PORT', 'METRICS_PORT'])('stops the start with one line that names %s', async (setting) => {
    const holder = createServer().listen(0, '0.0.0.0');
    await once(holder, 'listening');
    const address = holder.address();
    const port = address !== null && typeof address === 'object' ? `${address.port}` : '';
    const faults = await faultsOf({ [setting]: port });
    holder.close();

    expect(faults).toEqual([expect.stringContaining(`${setting}=${port} is in use`)]);
  });
});

describe('a folder as EMBEDDING_MODEL', () => {
  it('is served under the name of the folder, and gives the same vectors', async () => {
    const [bundled, copy] = await Promise.all([
      startService(),
      startService({ EMBEDDING_MODEL: copyOfBundledModel('my-model'), EMBEDDING_DTYPE: 'q8' }),
    ]);
    const [first, second] = await Promise.all([bundled, copy].map(async ({ url }) => (await embed(url, 'Hello, world!')).body));

    expect(second?.model).toBe('my-model');
    expect(vectorBits(second?.embedding ?? [])).toBe(vectorBits(first?.embedding ?? []));
    expect((await readStats(copy.url)).model).toBe('my-model');
  });

  it.each([
    { what: 'has no weights of the type', change: () => undefined, dtype: 'fp32', says: /onnx\/model\.onnx.*EMBEDDING_DTYPE/ },
    { what: 'has no tokenizer', change: (folder: string) => rmSync(join(folder, 'tokenizer.json')), dtype: 'q8', says: /tokenizer\.json/ },
    {
      what: 'has a configuration that is not JSON',
      change: (folder: string) => writeFileSync(join(folder, 'config.json'), '{'),
      dtype: 'q8',
      says: /config\.json/,
    },
    {
      what: 'has weights that are none',
      change: (folder: string) => writeFileSync(join(folder, 'onnx/model_quantized.onnx'), 'no weights'),
      dtype: 'q8',
      says: /my-model/,
    },
    {
      what: 'has a tokenizer that is none',
      change: (folder: string) => writeFileSync(join(folder, 'tokenizer.json'), '{}'),
      dtype: 'q8',
      says: /my-model/,
    },
  ])('that $what stops the start with one line', async ({ change, dtype, says }) => {
    const folder = copyOfBundledModel('my-model');
    change(folder);
    const faults = await faultsOf({ EMBEDDING_MODEL: folder, EMBEDDING_DTYPE: dtype });

    expect(faults).toEqual([expect.stringMatching(says)]);
  });
});

describe('a folder without a model as EMBEDDING_MODEL', () => {
  it('stops the start with one line', async () => {
    expect(await faultsOf({ EMBEDDING_MODEL: temporaryFolder() })).toEqual([expect.stringContaining('EMBEDDING_MODEL=')]);
  });
});
