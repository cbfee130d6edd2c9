import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Comparison } from '../src/command/compare/comparison.js';
import { freePort } from './support/free-port.js';
import { getJson } from './support/get-json.js';
import { plainEnvironment } from './support/plain-environment.js';
import { readStats } from './support/read-stats.js';
import { poolingFiles, smallModel } from './support/small-model.js';
import { StartedProcess } from './support/started-process.js';
import { temporaryFolder } from './support/temporary-folder.js';

jest.setTimeout(60_000);

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const STARTS_WITHIN_MS = 30_000;

let folder: string;
let model: string;

beforeAll(() => {
  folder = temporaryFolder();
  model = smallModel({ multiplied: true, files: poolingFiles({ pooling_mode_mean_tokens: true }, 'Normalize') });
  writeFileSync(join(folder, 'queries.txt'), 'w1 w2\nw3\nw4 w5 w6\n');
  writeFileSync(join(folder, 'documents.csv'), `id,text\n${Array.from({ length: 30 }, (_, at) => `${at},w${at} w${at + 1}\n`).join('')}`);
});

function start(...parameters: readonly string[]): StartedProcess {
  return startWith({}, ...parameters);
}

function startWith(settings: Readonly<Record<string, string>>, ...parameters: readonly string[]): StartedProcess {
  const env = plainEnvironment({ EMBEDDING_WORKERS: '1', API_PORT: '1', MODEL_CACHE_DIR: join(folder, 'models'), ...settings });
  return new StartedProcess(process.env['E2E_NODE'] ?? process.execPath, [CLI, ...parameters], { cwd: folder, env });
}

async function run(...parameters: readonly string[]): Promise<{ exitCode: number; said: string; refused: string }> {
  const command = start(...parameters);
  return { exitCode: await command.exitCode, said: command.stdout(), refused: command.stderr() };
}

describe('embedding-pipeline serve', () => {
  it('serves with the options instead of the settings, can be compared with, and ends with 0 at a signal', async () => {
    const port = await freePort();
    const service = start('serve', '--port', `${port}`, '--host', '127.0.0.1', '--model', model);
    await service.printed(/Listening on/, STARTS_WITHIN_MS);
    const url = `http://127.0.0.1:${port}`;
    const { model: served, space } = await readStats(url);
    const { exitCode, said } = await run('compare', '--model', model, '--url', `${url}/`, '--json', 'queries.txt', 'documents.csv');

    expect(exitCode).toBe(0);
    const { models, ...others } = JSON.parse(said) as Comparison;
    expect(models.map((of) => of.model)).toEqual([served, served]);
    expect(models.map((of) => of.space)).toEqual([space, space]);
    expect(others).toEqual({
      queries: 3,
      documents: 30,
      neighbours: 10,
      same: { mean: 10, least: 10, least_query: 'w1 w2', first: 3 },
    });
    expect(await service.stop()).toBe(0);
  });

  it('serves one model of MODELS_FILE alone, as the file describes it', async () => {
    const port = await freePort();
    writeFileSync(
      join(folder, 'models.json'),
      JSON.stringify({ models: [{ source: 'owner/name' }, { name: 'own', source: model, max_tokens: 9 }] }),
    );
    const service = startWith({ MODELS_FILE: './models.json' }, 'serve', '--port', `${port}`, '--model', 'own');
    await service.printed(/Listening on/, STARTS_WITHIN_MS);
    const { body } = await getJson<{ data: readonly object[] }>(`http://127.0.0.1:${port}/v1/models`);
    expect(body.data).toEqual([expect.objectContaining({ id: 'own', max_tokens: 9 })]);
    expect(await service.stop()).toBe(0);
  });

  it('ends with 1 and one line if a setting is wrong', async () => {
    expect(await run('serve', '--port', '99999')).toMatchObject({
      exitCode: 1,
      refused: 'API_PORT=99999 is not allowed: use a whole number from 0 to 65535\n',
    });
  });
});

describe('embedding-pipeline compare', () => {
  it('loads two forms of a model, one after the other, and tells how far they agree', async () => {
    const forms = ['--model', model, '--dtype', 'fp32', '--model', model, '--dtype', 'int8'];
    const { exitCode, said } = await run('compare', ...forms, 'queries.txt', 'documents.csv');

    expect(exitCode).toBe(0);
    expect(said).toMatch(/^Compared +3 queries with 30 documents$/m);
    expect(new Set(Array.from(said.matchAll(/ 8 dimensions, space (\w+)$/gm), ([, space]) => space)).size).toBe(2);
    expect(said).toMatch(/^ {2}cosines of all +-?\d\.\d\d to \d\.\d\d, half below -?\d\.\d\d$/m);
    expect(said).toMatch(/^Same nearest 10 +(9\.\d|10\.0) of 10; least \d+, for: w/m);
    expect(said).toMatch(/^Same first +3 of 3 queries$/m);
  });

  it.each([
    { what: 'one model', parameters: ['--model', 'a', 'queries.txt', 'documents.csv'], says: 'name two: --model twice', exitCode: 2 },
    {
      what: 'a file that is not there',
      parameters: ['--model', 'a', '--model', 'b', 'queries.csv', 'documents.csv'],
      says: 'there is no file queries.csv',
      exitCode: 2,
    },
    {
      what: 'a model that is not there',
      parameters: ['--model', './nowhere', '--model', 'b', 'queries.txt', 'documents.csv'],
      says: 'EMBEDDING_MODEL=./nowhere',
      exitCode: 1,
    },
  ])('refuses $what', async ({ parameters, says, exitCode }) => {
    const { refused, ...ended } = await run('compare', ...parameters);
    expect(ended).toEqual({ exitCode, said: '' });
    expect(refused).toContain(says);
  });
});

describe('embedding-pipeline plan', () => {
  const demand = ['--requests', '5000', '--hit-rate', '0.8', '--tokens', '64'];

  it('shows each figure with its arithmetic, or all of them as one JSON object', async () => {
    const { exitCode, said } = await run('plan', ...demand, '--cores-per-machine', '4');
    expect(exitCode).toBe(0);
    expect(said).toMatch(/^Instances +2 machines += 8 cores \/ 4 of a machine, rounded up$/m);
    const { said: json } = await run('plan', ...demand, '--json');
    expect(JSON.parse(json)).toMatchObject({ cores: { value: 8, unit: 'cores' } });
  });

  it.each([
    { wrong: ['--hit-rate', '80'], says: "option '--hit-rate <share>' argument '80' is invalid. It must be a number from 0 to 1." },
    { wrong: ['--keys', '0'], says: "option '--keys <count>' argument '0' is invalid" },
    { wrong: ['--key', '4'], says: "unknown option '--key'" },
  ])('refuses $wrong by its name, and ends with 2', async ({ wrong, says }) => {
    const { refused, ...ended } = await run('plan', ...demand, ...wrong);
    expect(ended).toEqual({ exitCode: 2, said: '' });
    expect(refused).toContain(says);
  });
});

describe('embedding-pipeline', () => {
  it('tells its version, and completes subcommands for the shell', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await run('--version')).toEqual({ exitCode: 0, said: `${version}\n`, refused: '' });
    const { said } = await run('complete', '--', 'co');
    expect(said).toMatch(/^compare\b/m);
    expect(said).not.toMatch(/^embed\b/m);
  });
});
