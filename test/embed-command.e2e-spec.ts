import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { parquetWriteFile } from 'hyparquet-writer';
import { embedBatch } from './support/embed.js';
import { eventually } from './support/eventually.js';
import { plainEnvironment } from './support/plain-environment.js';
import { type StartedService, startService } from './support/start-service.js';
import { StartedProcess } from './support/started-process.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { vectorBits } from './support/vector-bits.js';

jest.setTimeout(180_000);

/** A time limit for some hundred texts on a slow machine. */
const SOME_ROWS_WITHIN_MS = 90_000;

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const TEXTS = ['Hello, world!', 'zwei\nZeilen', 'say "hi"', 'Hello, world!', 'f\u00fcnf'];
const CSV = 'id,text\na,"Hello, world!"\nb,"zwei\nZeilen"\nbad,\nc,"say ""hi"""\nd,"Hello, world!"\ne,f\u00fcnf\n';

interface Line {
  readonly line: number;
  readonly id?: string | number;
  readonly embedding: readonly number[];
  readonly truncated: boolean;
}

interface Chunk {
  readonly line: bigint;
  readonly id: string;
  readonly chunk: bigint;
  readonly start: bigint;
  readonly end: bigint;
  readonly body: string;
  readonly truncated: boolean;
}

let folder: string;
let expected: readonly string[];

beforeAll(async () => {
  folder = temporaryFolder();
  writeFileSync(join(folder, 'in.csv'), CSV);
  writeDamagedParquet(join(folder, 'damaged.parquet'));
  const service = await startService();
  expected = (await embedBatch(service.url, TEXTS)).body.embeddings.map(vectorBits);
  await service.stop();
});

/** Whether the metadata at the end of the file can be read. */
function writeDamagedParquet(filename: string): void {
  parquetWriteFile({ filename, columnData: [{ name: 'text', data: [...TEXTS], type: 'STRING' }] });
  writeFileSync(filename, readFileSync(filename).fill(255, 4, 40));
}

function start(parameters: readonly string[]): StartedProcess {
  const node = process.env['E2E_NODE'] ?? process.execPath;
  return new StartedProcess(node, [CLI, 'embed', ...parameters], { cwd: folder, env: plainEnvironment({ EMBEDDING_WORKERS: '1' }) });
}

/** Runs a line of bash in which $NODE "$CLI" is the command. */
function shell(line: string): StartedProcess {
  const env = plainEnvironment({ EMBEDDING_WORKERS: '1', NODE: process.env['E2E_NODE'] ?? process.execPath, CLI });
  return new StartedProcess('bash', ['-o', 'pipefail', '-c', line], { cwd: folder, env });
}

async function run(...parameters: readonly string[]): Promise<{ readonly exitCode: number; readonly said: string }> {
  const command = start(parameters);
  return { exitCode: await command.exitCode, said: command.stderr() };
}

function read(name: string): Buffer {
  return readFileSync(join(folder, name));
}

/** The rows that a run has saved of this output. */
function rowsDone(name: string): number {
  const path = join(folder, `${name}.partial.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { rows: number }).rows : 0;
}

function linesOf(name: string): readonly Line[] {
  const text = read(name).toString();
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('embedding-pipeline embed', () => {
  it("writes the service's vectors in the order of the rows, and skips rows without a text", async () => {
    const { exitCode, said } = await run('in.csv', '--out', 'out.jsonl', '--id', 'id');
    expect(exitCode).toBe(3);
    expect(said).toMatch(/^line 5 must not be empty$/m);
    expect(said).toMatch(/^out.jsonl: 5 vectors of 6 rows, 1 row skipped$/m);

    const lines = linesOf('out.jsonl');
    expect(lines.map(({ embedding }) => vectorBits(embedding))).toEqual(expected);
    expect(lines.map(({ line, id }) => [line, id])).toEqual([
      [2, 'a'],
      [4, 'b'],
      [6, 'c'],
      [7, 'd'],
      [8, 'e'],
    ]);
    expect(existsSync(join(folder, 'out.jsonl.partial'))).toBe(false);
  });

  it('cuts documents into chunks with their places, and resumes between two chunks of one document', async () => {
    const sentences = Array.from({ length: 800 }, (_, index) => `Fox ${index} jumps over the lazy dog, and nobody minds.`);
    const [long, short] = [`Été 🦊. ${sentences.join(' ')}\n`, 'Short.'];
    const documents = [long, ' ', short].map((body, index) => JSON.stringify({ id: index, body, of: 'Foxes' }));
    writeFileSync(join(folder, 'docs.jsonl'), documents.join('\n'));
    const overlap = (tokens: string): readonly string[] => ['--chunk-tokens', '40', '--chunk-overlap', tokens];
    const embedding = ['docs.jsonl', '-o', 'chunks.parquet', '--field', 'body', '--id', 'id', '--title-column', 'of', '--keep', 'body'];

    const killed = start([...embedding, ...overlap('16')]);
    await eventually('some rows', () => rowsDone('chunks.parquet') > 0, SOME_ROWS_WITHIN_MS);
    killed.kill('SIGKILL');
    await killed.exitCode;
    expect((await run(...embedding, ...overlap('15'), '--resume')).said).toContain('--chunk-overlap was 16 and is now 15');
    const resumed = await run(...embedding, ...overlap('16'), '--resume');
    expect(resumed.exitCode).toBe(3);
    expect(resumed.said).toMatch(/continuing after \d+ rows[^]*^line 2 must not be empty$/m);

    const file = await asyncBufferFromFile(join(folder, 'chunks.parquet'));
    const rows = (await parquetReadObjects({ file })) as unknown as readonly Chunk[];
    const ofLong = rows.slice(0, -1);
    expect(ofLong.map(({ id, chunk }) => [id, chunk])).toEqual(ofLong.map((_, index) => ['0', BigInt(index)]));
    expect(rows.at(-1)).toMatchObject({ line: 3n, id: '2', chunk: 0n, start: 0n, end: 6n, body: short });
    const characters = Array.from(long);
    expect(ofLong.map(({ start: from, end }) => characters.slice(Number(from), Number(end)).join(''))).toEqual(
      ofLong.map(({ body }) => body),
    );
    expect(Number(ofLong.at(-1)?.end)).toBe(characters.length - 1);
    expect(rows.some(({ truncated }) => truncated)).toBe(false);
  });

  it('writes an npy matrix with a row for each row of the input', async () => {
    writeFileSync(join(folder, 'in.jsonl'), `${TEXTS.map((text) => JSON.stringify({ words: text })).join('\n')}\nno JSON`);
    expect((await run('in.jsonl', '--out', 'out.npy', '--field', 'words')).exitCode).toBe(3);

    const npy = read('out.npy');
    expect(npy.subarray(0, 8)).toEqual(Buffer.from('\x93NUMPY\x01\0', 'latin1'));
    expect(npy.toString('latin1', 10, 128).trimEnd()).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (6, 384), }");
    const floats = new Float32Array(npy.buffer.slice(npy.byteOffset + 128, npy.byteOffset + npy.byteLength));
    expect(floats.length).toBe(6 * 384);
    expect(TEXTS.map((_, row) => vectorBits([...floats.subarray(row * 384, (row + 1) * 384)]))).toEqual(expected);
    expect(floats.subarray(5 * 384).every(Number.isNaN)).toBe(true);
  });

  it('reads and writes Parquet', async () => {
    const ids = TEXTS.map((_, index) => index * 10);
    const columnData = [
      { name: 'sentence', data: [...TEXTS], type: 'STRING' as const },
      { name: 'number', data: ids, type: 'INT32' as const },
    ];
    parquetWriteFile({ filename: join(folder, 'in.parquet'), columnData, rowGroupSize: 2 });
    expect(await run('in.parquet', '--out', 'out.parquet', '--column', 'sentence', '--id', 'number')).toMatchObject({ exitCode: 0 });

    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(join(folder, 'out.parquet')) });
    expect(rows.map(({ embedding }) => vectorBits(embedding as number[]))).toEqual(expected);
    expect(rows.map(({ line, id, truncated }): readonly unknown[] => [line, id, truncated])).toEqual(
      ids.map((id, index) => [BigInt(index + 1), String(id), false]),
    );
  });

  it('resumes after kill -9 and after Ctrl-C, and writes the same file', async () => {
    const texts = Array.from({ length: 2000 }, (_, index) => `sentence number ${index % 1900}`);
    writeFileSync(join(folder, 'long.txt'), texts.join('\r\n'));
    const killed = start(['long.txt', '-o', 'long.jsonl']);
    await eventually('some rows', () => rowsDone('long.jsonl') > 0, SOME_ROWS_WITHIN_MS);
    killed.kill('SIGKILL');
    await killed.exitCode;
    const before = rowsDone('long.jsonl');
    expect(before).toBeLessThan(2000);
    expect((await run('long.txt', '-o', 'long.jsonl')).said).toMatch(/--resume.*--force/);
    writeFileSync(join(folder, 'long.jsonl.partial'), '{"line":99,"embe', { flag: 'a' }); // as after an interrupted write

    const interrupted = start(['long.txt', '-o', 'long.jsonl', '--resume']);
    await eventually('more rows', () => rowsDone('long.jsonl') > before, SOME_ROWS_WITHIN_MS);
    expect(await interrupted.stop('SIGINT')).toBe(130);
    expect(interrupted.stderr()).toMatch(/^stopped; \d+ rows are saved: the same command with --resume continues after them\n$/m);
    expect(existsSync(join(folder, 'long.jsonl'))).toBe(false);

    expect(await run('long.txt', '-o', 'long.jsonl', '--resume')).toMatchObject({
      exitCode: 0,
      said: expect.stringContaining('continuing after'),
    });
    expect(linesOf('long.jsonl').map(({ line }) => line)).toEqual(texts.map((_, index) => index + 1));
    await run('long.txt', '-o', 'at-once.jsonl');
    expect(read('long.jsonl').equals(read('at-once.jsonl'))).toBe(true);
  });

  it.each([
    { wrong: 'an output that exists', parameters: ['in.csv', '-o', 'in.csv.jsonl'], exitCode: 2, says: /--force/ },
    {
      wrong: 'no such column',
      parameters: ['in.csv', '-o', 'x.npy', '-c', 'body'],
      exitCode: 2,
      says: /^in\.csv has no column body: the columns are id, text\n$/,
    },
    {
      wrong: 'a Parquet file with a damaged page',
      parameters: ['damaged.parquet', '-o', 'x.npy'],
      exitCode: 2,
      says: /damaged.parquet is damaged: its rows 1 to 5 cannot be read/,
    },
    { wrong: 'no output', parameters: ['in.csv'], exitCode: 2, says: /--out/ },
    { wrong: 'no number', parameters: ['in.csv', '-o', 'x.npy', '--limit', 'all'], exitCode: 2, says: /--limit.*whole number/ },
    {
      wrong: 'an unknown type of input',
      parameters: ['in.csv', '-o', 'x.npy', '--input-type', 'song'],
      exitCode: 2,
      says: /--input-type must be one of query, document .* not "song"/,
    },
    {
      wrong: 'a row, with --on-error fail',
      parameters: ['in.csv', '-o', 'z.npy', '--on-error', 'fail'],
      exitCode: 1,
      says: /line 5 must not be empty. Correct it, or skip/,
    },
    {
      wrong: 'a service that does not exist',
      parameters: ['in.csv', '-o', 'y.npy', '--url', 'http://127.0.0.1:1/x'],
      exitCode: 1,
      says: /does not answer/,
    },
  ])('explains the fault: $wrong', async ({ parameters, exitCode, says }) => {
    writeFileSync(join(folder, 'in.csv.jsonl'), 'precious');
    const end = await run(...parameters);
    expect(end.exitCode).toBe(exitCode);
    expect(end.said).toMatch(says);
    expect(end.said).not.toMatch(/^\s+at /m);
    expect(read('in.csv.jsonl').toString()).toBe('precious');
    expect(readdirSync(folder).filter((name) => /^[xyz]\./.test(name))).toEqual([]);
  });

  it('reads standard input, and writes standard output', async () => {
    const command = shell(`gzip -c in.csv | "$NODE" "$CLI" embed - --from csv --limit 2 --keep text --id-column id --out - | cat`);
    expect([await command.exitCode, command.stderr()]).toEqual([0, expect.stringMatching(/^standard output: 2 vectors of 2 rows$/m)]);
    const lines = command.stdout().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { line: 2, id: 'a', text: TEXTS[0], embedding: expect.any(Array), truncated: false },
      { line: 4, id: 'b', text: TEXTS[1], embedding: expect.any(Array), truncated: false },
    ]);
  });

  it('keeps the rows that fit if the system refuses to write more', async () => {
    writeFileSync(join(folder, 'fits.txt'), Array.from({ length: 300 }, (_, index) => `text ${index}`).join('\n'));
    const limited = shell('ulimit -f 400 && exec "$NODE" "$CLI" embed fits.txt --out fits.npy'); // 256 rows fit, 300 do not
    expect([await limited.exitCode, limited.stderr()]).toEqual([
      1,
      expect.stringMatching(/^cannot write fits\.npy: .* \(EFBIG\)\. 256 rows are saved: the same command with --resume continues/m),
    ]);
    expect(await run('fits.txt', '--out', 'fits.npy', '--resume', '--truncate', 'start')).toMatchObject({
      exitCode: 2,
      said: expect.stringContaining('--truncate was end and is now start'),
    });
    expect(await run('fits.txt', '--out', 'fits.npy', '--resume')).toMatchObject({ exitCode: 0 });
    await run('fits.txt', '--out', 'fits-at-once.npy');
    expect(read('fits.npy').equals(read('fits-at-once.npy'))).toBe(true);
  });

  it('promises no resume and leaves no files when it is stopped before a row is saved', async () => {
    const busy = createServer((request, response) => {
      if (request.url === '/stats') response.end(JSON.stringify({ model: 'm', embedding_dim: 2, space: 's' }));
      else response.writeHead(503, { 'retry-after': '60' }).end();
    });
    busy.listen(0, '127.0.0.1');
    await once(busy, 'listening');
    const { port } = busy.address() as AddressInfo;
    const command = start(['in.csv', '--out', 'busy.jsonl', '--url', `http://127.0.0.1:${port}`]);
    await eventually('waiting', () => command.stderr().includes('trying again'), SOME_ROWS_WITHIN_MS);
    expect(existsSync(join(folder, 'busy.jsonl.partial'))).toBe(true);
    expect(await command.stop('SIGINT')).toBe(130);
    busy.close();
    expect(command.stderr()).toMatch(/^stopped; there is nothing to resume\n$/m);
    expect(readdirSync(folder).filter((name) => name.startsWith('busy'))).toEqual([]);
  });

  it('uses a service, and waits as long as the service asks', async () => {
    const service: StartedService = await startService({ RATE_LIMIT_REQUESTS: '3', RATE_LIMIT_WINDOW: '2', EMBEDDING_WORKERS: '1' });
    const texts = Array.from({ length: 450 }, (_, index) => `short ${index}`);
    writeFileSync(join(folder, 'remote.txt'), ['', ...texts].join('\n'));
    const remote = await run('remote.txt', '-o', 'remote.jsonl', '--url', service.url);
    expect(remote).toMatchObject({
      exitCode: 3,
      said: expect.stringMatching(/answered 429: trying again in \d s[^]*450 vectors of 451 rows/),
    });
    expect(remote.said).toMatch(/^line 1 must not be empty$/m);
    await run('remote.txt', '-o', 'local.jsonl');
    expect(read('remote.jsonl').equals(read('local.jsonl'))).toBe(true);
  });
});

describe('embedding-pipeline key', () => {
  const key = (...parameters: readonly string[]) => spawnSync(process.execPath, [CLI, 'key', ...parameters], { encoding: 'utf8' });

  it('prints a secret and the entry for API_KEYS with its hash', () => {
    const { status, stdout } = key('search', '--role', 'admin', '--tokens', '1000');
    const [, secret = '', entry] = /^Key [^:]*: (ep_\S{43})\nFor API_KEYS: +(\S+)\n$/.exec(stdout) ?? [];
    expect([status, entry]).toEqual([0, `search:${createHash('sha256').update(secret).digest('hex')}:admin::1000`]);
  });

  it('explains the fault of invalid options, and prints no key', () => {
    const { status, stdout, stderr } = key('search', '--role', 'owner');
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: expect.stringContaining('client or admin') });
  });
});
