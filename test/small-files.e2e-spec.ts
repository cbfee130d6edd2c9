import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { embedBatch } from './support/embed.js';
import { type JobBody, readResults, untilDone } from './support/jobs.js';
import { copyOfBundledModel } from './support/model-folder.js';
import { plainEnvironment } from './support/plain-environment.js';
import { postJson } from './support/post-json.js';
import { pythonReaders } from './support/python-readers.js';
import { type StartedService, startService } from './support/start-service.js';
import { StartedProcess } from './support/started-process.js';
import { temporaryFolder } from './support/temporary-folder.js';

jest.setTimeout(300_000);

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const TEXTS = ['Hello, world!', 'zwei', 'a third text'];
/** Prints the matrix and the type of a .npy or .parquet file. */
const READ = `
import json, sys, numpy, pyarrow.parquet
path = sys.argv[1]
if path.endswith('.npy'):
    matrix = numpy.load(path)
    print(json.dumps({'type': str(matrix.dtype), 'vectors': matrix.tolist()}))
else:
    table = pyarrow.parquet.read_table(path)
    type = table.schema.field('embedding').type.value_type
    print(json.dumps({'type': str(type), 'vectors': table.column('embedding').to_pylist()}))
`;
/** Makes the small vectors of float vectors as NumPy does. */
const PACK = `
import json, sys, numpy
vectors = numpy.array(json.load(sys.stdin), dtype='float32')
bits = numpy.packbits(vectors > 0, axis=1)
print(json.dumps({'ubinary': bits.tolist(), 'binary': (bits.astype('int16') - 128).tolist()}))
`;

interface Matrix {
  readonly type: string;
  readonly vectors: readonly (readonly number[])[];
}

type Vectors = readonly (readonly number[])[];
type Packed = Readonly<Record<'binary' | 'ubinary', Vectors>>;

let python: string;
let folder: string;
let service: StartedService;
let packed: Packed;

beforeAll(async () => {
  python = pythonReaders();
  folder = temporaryFolder();
  service = await startService({ RATE_LIMIT_REQUESTS: '0', EMBEDDING_WORKERS: '1' });
  writeFileSync(join(folder, 'in.txt'), `${TEXTS.slice(0, 2).join('\n')}\n\n${TEXTS[2]}`); // the third line is empty
  const { embeddings } = (await embedBatch(service.url, TEXTS)).body;
  packed = JSON.parse(execFileSync(python, ['-c', PACK], { input: JSON.stringify(embeddings), encoding: 'utf8' })) as Packed;
});

function read(name: string): Matrix {
  return JSON.parse(execFileSync(python, ['-c', READ, join(folder, name)], { encoding: 'utf8' })) as Matrix;
}

interface Ended {
  readonly exitCode: number;
  readonly said: string;
}

async function embed(...parameters: readonly string[]): Promise<Ended> {
  return await embedWith({}, ...parameters);
}

async function embedWith(settings: Readonly<Record<string, string>>, ...parameters: readonly string[]): Promise<Ended> {
  const node = process.env['E2E_NODE'] ?? process.execPath;
  const environment = plainEnvironment({ EMBEDDING_WORKERS: '1', ...settings });
  const command = new StartedProcess(node, [CLI, 'embed', 'in.txt', ...parameters], { cwd: folder, env: environment });
  return { exitCode: await command.exitCode, said: command.stderr() };
}

/** The vectors of the texts in this type, from the service. */
async function embedAs(type: string): Promise<Vectors> {
  const { status, body } = await postJson<{ embeddings: Vectors }>(`${service.url}/embed/batch`, { texts: TEXTS, output_dtype: type });
  expect(status).toBe(200);
  return body.embeddings;
}

const TYPES = [
  ['int8', 'int8'],
  ['uint8', 'uint8'],
  ['binary', 'int8'],
  ['ubinary', 'uint8'],
] as const;

describe.each(TYPES)('vectors of the type %s', (type, dtype) => {
  it('are read by NumPy and pyarrow from the files of the command, and are those of the service', async () => {
    const expected = await embedAs(type);
    expect((await embed('-o', 'out.npy', '--output-dtype', type, '--force')).exitCode).toBe(3);
    const zeros = expected[0]?.map(() => 0) ?? [];
    expect(read('out.npy')).toEqual({ type: dtype, vectors: [...expected.slice(0, 2), zeros, ...expected.slice(2)] });
    expect((await embed('-o', 'out.parquet', '--output-dtype', type, '--force', '--url', service.url)).exitCode).toBe(3);
    expect(read('out.parquet')).toEqual({ type: dtype, vectors: expected });
  });

  it('are read by NumPy from the results of a job, and are those of the service', async () => {
    const expected = await embedAs(type);
    const { body: job } = await postJson<JobBody>(`${service.url}/jobs`, { texts: TEXTS, output_dtype: type });
    expect(await untilDone(service.url, job.id)).toMatchObject({ status: 'completed', output_dtype: type });
    const npy = Buffer.from(await (await fetch(`${service.url}/jobs/${job.id}/results?format=npy`)).arrayBuffer());
    writeFileSync(join(folder, 'job.npy'), npy);
    expect(read('job.npy')).toEqual({ type: dtype, vectors: expected });
    expect((await readResults(service.url, job.id)).map(({ embedding }) => embedding)).toEqual(expected);
  });
});

describe('binary vectors', () => {
  it("are those of NumPy's packbits", async () => {
    for (const type of ['binary', 'ubinary'] as const) expect(await embedAs(type)).toEqual(packed[type]);
  });
});

describe('float vectors', () => {
  it('are read by NumPy and pyarrow, with NaN where there is none', async () => {
    const { embeddings } = (await embedBatch(service.url, TEXTS)).body;
    await embed('-o', 'float.parquet');
    const parquet = read('float.parquet');
    expect([parquet.type, parquet.vectors.map((vector) => vector.map(Math.fround))]).toEqual([
      'float',
      embeddings.map((vector) => vector.map(Math.fround)),
    ]);
    await embed('-o', 'float.npy');
    const check = `import numpy; m = numpy.load('${join(folder, 'float.npy')}'); print(m.dtype, m.shape, numpy.isnan(m).all(axis=1).tolist())`;
    expect(execFileSync(python, ['-c', check], { encoding: 'utf8' }).trim()).toBe('float32 (4, 384) [False, False, True, False]');
  });
});

describe('the command', () => {
  it('refuses a type that the model does not have, before it writes anything', async () => {
    const { exitCode, said } = await embed('-o', 'no.npy', '--output-dtype', 'float16');
    expect([exitCode, said]).toEqual([2, expect.stringContaining('float, int8, uint8, binary, ubinary')]);
    const model = copyOfBundledModel('without-ranges');
    rmSync(join(model, 'vector-ranges.json'));
    const without = await embedWith({ EMBEDDING_MODEL: model, EMBEDDING_DTYPE: 'q8' }, '-o', 'no.npy', '--output-dtype', 'int8');
    expect(without).toEqual({ exitCode: 2, said: expect.stringContaining('--output-dtype cannot be int8: the ranges of without-ranges') });
    expect(existsSync(join(folder, 'no.npy.partial'))).toBe(false);
  });

  it('reads long texts as it is told', async () => {
    const long = Array.from({ length: 600 }, (_, index) => `word ${index}`).join(' ');
    writeFileSync(join(folder, 'in.txt'), long);
    const { body } = await postJson<{ embedding: readonly number[] }>(`${service.url}/embed`, { text: long, truncate: 'mean' });
    for (const url of [[], ['--url', service.url]]) {
      expect((await embed('-o', 'mean.parquet', '--truncate', 'mean', '--force', ...url)).exitCode).toBe(0);
      expect(read('mean.parquet').vectors[0]?.map(Math.fround)).toEqual(body.embedding.map(Math.fround));
      const refused = await embed('-o', 'error.npy', '--truncate', 'error', '--force', ...url);
      expect(refused).toEqual({ exitCode: 3, said: expect.stringMatching(/^line 1 has \d+ tokens, and at most 256 are allowed/m) });
    }
  });
});
