import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { embed } from './support/embed.js';
import { plainEnvironment } from './support/plain-environment.js';
import { randomNumbers } from './support/random-numbers.js';
import { readStats } from './support/read-stats.js';
import { poolingFiles, smallModel, type SmallModel } from './support/small-model.js';
import { startService } from './support/start-service.js';
import { StartedProcess } from './support/started-process.js';
import { temporaryFolder } from './support/temporary-folder.js';

jest.setTimeout(60_000);

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const TEXT = 'w1 w2 w3';

interface Ran {
  readonly exitCode: number;
  readonly said: string;
  readonly refused: string;
}

function modelFolder(model: SmallModel = { multiplied: true }): string {
  return smallModel({ ...model, files: poolingFiles({ pooling_mode_mean_tokens: true }, 'Normalize') });
}

async function run(parameters: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const command = new StartedProcess(process.env['E2E_NODE'] ?? process.execPath, [CLI, ...parameters], {
    cwd: temporaryFolder(),
    env: { ...plainEnvironment(), ...settings },
  });
  return { exitCode: await command.exitCode, said: command.stdout(), refused: command.stderr() };
}

async function quantize(...parameters: readonly string[]): Promise<Ran> {
  return await run(['quantize', ...parameters]);
}

async function spaceOf(model: string): Promise<string | undefined> {
  const { said } = await run(['check'], { EMBEDDING_MODEL: model, EMBEDDING_DTYPE: 'int8' });
  return /^Space +(\S+)$/m.exec(said)?.[1];
}

/** A file with a text of the model's words on each line. */
function manyTexts(count = 80): string {
  const random = randomNumbers(17);
  const word = (): string => `w${Math.floor(random() * 250)}`;
  const path = join(temporaryFolder(), 'texts.txt');
  writeFileSync(path, Array.from({ length: count }, () => `${word()} ${word()} ${word()} ${word()}\n`).join(''));
  return path;
}

/** What a service with this model says: its name, its space, and the vector of a text. */
async function servedBy(settings: Readonly<Record<string, string>>): Promise<{ name: string; space: string; vector: readonly number[] }> {
  const service = await startService({ EMBEDDING_WORKERS: '1', ...settings });
  const { body, headers } = await embed(service.url, TEXT);
  const { model } = await readStats(service.url);
  await service.stop();
  return { name: model, space: headers.get('x-embedding-space') ?? '', vector: body.embedding };
}

function cosine(first: readonly number[], second: readonly number[]): number {
  return first.reduce((sum, value, at) => sum + value * (second[at] ?? 0), 0);
}

describe('embedding-pipeline quantize', () => {
  it('writes a folder that can be served as it is, and says what int8 costs', async () => {
    const model = modelFolder();
    const out = join(temporaryFolder(), 'int8');
    const { exitCode, said } = await quantize(model, '--out', out);

    expect(said).toMatch(/^Int8 +1 layers$/m);
    expect(said).toMatch(/^Weights +\d+\.\d MiB before, \d+\.\d MiB now$/m);
    expect(said).toMatch(/^Vectors +mean cosine to fp32 0\.9\d+, least 0\.9\d+, on 30 texts$/m);
    expect(said).toMatch(/^Batches +a text has the same vector alone as beside others$/m);
    expect(said).toMatch(/^Speed +\d+\.\d\d times fp32/m);
    expect(exitCode).toBe(0);

    const [fp32, int8] = await Promise.all([
      servedBy({ EMBEDDING_MODEL: model }),
      servedBy({ EMBEDDING_MODEL: out, EMBEDDING_DTYPE: 'int8' }),
    ]);
    expect(int8.name).toBe(basename(model));
    expect(int8.space).not.toBe(fp32.space);
    expect(cosine(int8.vector, fp32.vector)).toBeGreaterThan(0.995);
    expect(int8.vector).not.toEqual(fp32.vector);
  });

  it('calibrates the weights with texts, says what that gives on others, and makes another space', async () => {
    const model = modelFolder();
    const [plain, calibrated] = [join(temporaryFolder(), 'plain'), join(temporaryFolder(), 'calibrated')];
    await quantize(model, '--out', plain);
    const { exitCode, said, refused } = await quantize(model, '--out', calibrated, '--calibrate', manyTexts());

    expect(refused).toBe('');
    expect(said).toMatch(/^Calibrating +with 60 texts$/m);
    expect(said).toMatch(/^Calibrated +1 of 1 matrices$/m);
    expect(said).toMatch(/^Calibrated +is better: on 20 other texts, mean cosine to fp32 0\.\d+ before, 0\.\d+ now; least/m);
    expect(said).toMatch(/^Vectors +mean cosine to fp32 0\.9\d+, least 0\.9\d+, on 20 texts$/m);
    expect(exitCode).toBe(0);
    expect(readdirSync(dirname(calibrated))).toEqual(['calibrated']);
    const spaces = await Promise.all([plain, calibrated].map(spaceOf));
    expect(new Set(spaces).size).toBe(2);
  });

  it.each<{ what: string; parameters: () => readonly string[]; says: RegExp; exitCode?: number }>([
    {
      what: 'a folder that is not empty',
      parameters: () => [modelFolder(), '--out', modelFolder()],
      says: /^--out \S+ is not empty: name a new folder/,
    },
    {
      what: 'a model without layers to convert',
      parameters: () => [modelFolder({}), '--out', join(temporaryFolder(), 'x')],
      says: /model\.onnx cannot be converted: it has no layer that can be converted/,
    },
    {
      what: 'a model without fp32 weights',
      parameters: () => ['all-MiniLM-L6-v2', '--out', join(temporaryFolder(), 'x')],
      says: /onnx\/model\.onnx is missing, which EMBEDDING_DTYPE=fp32 needs/,
    },
    {
      what: 'texts that cannot be read',
      parameters: () => [modelFolder(), '--out', join(temporaryFolder(), 'x'), '--texts', '/nowhere.txt'],
      says: /^there is no file \/nowhere\.txt/,
      exitCode: 2,
    },
    {
      what: 'too few texts to calibrate with',
      parameters: () => [modelFolder(), '--out', join(temporaryFolder(), 'x'), '--calibrate', manyTexts(39)],
      says: /^--calibrate needs at least 40 different texts/,
    },
  ])('refuses $what in one line', async ({ parameters, says, exitCode: expected = 1 }) => {
    const { exitCode, refused } = await quantize(...parameters());

    expect(refused.trimEnd().split('\n')).toEqual([expect.stringMatching(says)]);
    expect(exitCode).toBe(expected);
  });
});

describe('EMBEDDING_DTYPE=int8 with a model that has only fp32', () => {
  it('makes the weights once, and serves the same vectors as the folder of the command', async () => {
    const model = modelFolder();
    const out = join(temporaryFolder(), 'int8');
    const settings = { EMBEDDING_MODEL: model, EMBEDDING_DTYPE: 'int8', MODEL_CACHE_DIR: temporaryFolder() };
    await quantize(model, '--out', out);
    const first = await servedBy(settings);
    const made = join(settings.MODEL_CACHE_DIR, 'int8');
    const [folder = ''] = readdirSync(made);
    const { ino, mtimeMs } = statSync(join(made, folder, 'onnx/model_rowwise_int8.onnx'));
    const second = await servedBy(settings);

    expect(readdirSync(made)).toEqual([folder]);
    expect(statSync(join(made, folder, 'onnx/model_rowwise_int8.onnx'))).toMatchObject({ ino, mtimeMs });
    expect(second).toEqual(first);
    expect(await servedBy({ EMBEDDING_MODEL: out, EMBEDDING_DTYPE: 'int8' })).toEqual(first);
  });
});
