import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import type { Result } from '../src/command/output/result.js';
import { targetOf, type TableTarget, type TargetOptions } from '../src/command/output-target.js';
import { PostgresOutput } from '../src/command/postgres/postgres-output.js';
import type { Row, RowSource } from '../src/command/rows/row.js';
import { eventually } from './support/eventually.js';
import { plainEnvironment } from './support/plain-environment.js';
import { PASSWORD, startPostgres } from './support/start-postgres.js';
import { StartedProcess } from './support/started-process.js';
import { temporaryFolder } from './support/temporary-folder.js';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const SPACE = { model: "some'model", space: '0a1b2c', dimensions: 3 };

let postgres: Awaited<ReturnType<typeof startPostgres>>;
let admin: Client;

beforeAll(async () => {
  postgres = await startPostgres();
  admin = new Client(postgres.url);
  await admin.connect();
});

afterAll(async () => {
  await admin.end();
  await postgres.stop();
});

async function rowsOf<T = Readonly<Record<string, unknown>>>(sql: string): Promise<readonly T[]> {
  return (await admin.query(sql)).rows as readonly T[];
}

interface Opening extends TargetOptions {
  readonly space?: typeof SPACE;
  readonly all?: boolean;
  readonly signal?: AbortSignal;
  readonly said?: string[];
}

async function open({
  space = SPACE,
  all = false,
  signal = new AbortController().signal,
  said = [],
  ...options
}: Opening): Promise<PostgresOutput> {
  const target = targetOf({ to: postgres.url, ...options }) as TableTarget;
  return await PostgresOutput.open({ target, space, documentOptions: {}, all, signal, say: (line) => void said.push(line) });
}

interface Run {
  /** The ids of the rows that had to be computed, or their faults. */
  readonly computed: readonly unknown[];
  readonly remarks: readonly string[];
}

async function run(options: Opening, rows: readonly Row[]): Promise<Run> {
  const output = await open(options);
  const computed = await write(output, rows);
  await output.finish();
  return { computed, remarks: output.remarks() };
}

async function write(output: PostgresOutput, rows: readonly Row[]): Promise<readonly unknown[]> {
  const fresh: Row[] = [];
  for await (const one of output.newOf(sourceOf(rows)).rows) fresh.push(one);
  await output.append(fresh.flatMap(chunksOf).map(resultOf));
  return fresh.map(({ id, fault }) => fault ?? id);
}

function sourceOf(rows: readonly Row[]): RowSource {
  return { rows: Readable.from(rows), progress: () => undefined };
}

/** Cuts a text at each `|`. */
function chunksOf(document: Row): readonly Row[] {
  const parts = document.text?.split('|') ?? [];
  if (parts.length < 2) return [document];
  return parts.map((text, chunk) => ({ ...document, text, place: { chunk, start: chunk * 10, end: chunk * 10 + text.length } }));
}

/** The vector of a text depends on its length; a text `odd` cannot be computed. */
function resultOf(one: Row): Result {
  const { text, fault = 'is odd' } = one;
  if (text === undefined || text === 'odd') return { row: one, outcome: fault };
  return { row: one, outcome: { vector: Float32Array.of(text.length / 3, 1, 0), truncated: false } };
}

function row(id: string | number, text: string, more: Partial<Row> = {}): Row {
  return { line: 1, id, text, ...more };
}

async function idsOf(table: string): Promise<readonly unknown[]> {
  return (await rowsOf(`SELECT id, chunk, text FROM ${table} ORDER BY 1, 2`)).map(({ id, chunk, text }) => [id, chunk, text]);
}

describe('a table', () => {
  it('is created with the vectors to the bit, an index for the cosine, and a comment that names their space', async () => {
    await admin.query('CREATE SCHEMA "my schema"');
    const table = '"my schema".docs';
    const said: string[] = [];
    await run({ table, said }, [row(7, 'abcd', { kept: { title: '\u00e4\ud800', year: 2001n }, file: 'in.csv' }), row('b', 'a|bc')]);
    expect(said).toEqual(['creating the index']);
    const columns = 'id, chunk, start, "end", text, metadata, truncated, embedding::real[], length(hash) AS hash';
    expect(await rowsOf(`SELECT ${columns} FROM ${table} ORDER BY 1, 2`)).toEqual(
      [
        { id: '7', chunk: 0, start: null, end: null, text: 'abcd', metadata: { file: 'in.csv', title: '\u00e4\ufffd', year: 2001 } },
        { id: 'b', chunk: 0, start: 0, end: 1, text: 'a', metadata: {} },
        { id: 'b', chunk: 1, start: 10, end: 12, text: 'bc', metadata: {} },
      ].map((found) => ({ ...found, truncated: false, embedding: [expect.any(Number), 1, 0], hash: 32 })),
    );
    const [found] = await rowsOf<{ embedding: readonly number[] }>(`SELECT embedding::real[] FROM ${table} WHERE id = '7'`);
    expect(found?.embedding.map(Math.fround)).toEqual([Math.fround(4 / 3), 1, 0]);
    const [about] = await rowsOf(
      `SELECT obj_description('${table}'::regclass) AS comment, string_agg(indexdef, '') AS indexes FROM pg_indexes WHERE schemaname = 'my schema'`,
    );
    expect(about?.['comment']).toMatch(/^Vectors of some'model, space 0a1b2c;/);
    expect(about?.['indexes']).toMatch(/USING hnsw \(embedding [\w.]*vector_cosine_ops\)/);
  });

  it('is brought to the state of the input by each run, which computes only what is new', async () => {
    const first = [row('a', 'one|two|three'), row('b', 'four'), row('c', 'five')];
    expect(await run({ table: 'states' }, first)).toEqual({ computed: ['a', 'b', 'c'], remarks: [] });
    expect(await run({ table: 'states' }, first)).toEqual({ computed: [], remarks: ['3 unchanged'] });

    const second = [row('c', 'five'), row('a', 'ONE|two'), row('d', 'six')];
    expect(await run({ table: 'states' }, second)).toEqual({ computed: ['a', 'd'], remarks: ['1 unchanged'] });
    const merged = [
      ['a', 0, 'ONE'],
      ['a', 1, 'two'],
      ['b', 0, 'four'],
      ['c', 0, 'five'],
      ['d', 0, 'six'],
    ];
    expect(await idsOf('states')).toEqual(merged);

    expect(await run({ table: 'states', deleteMissing: true }, second)).toEqual({ computed: [], remarks: ['3 unchanged', '1 deleted'] });
    expect(await idsOf('states')).toEqual(merged.filter(([id]) => id !== 'b'));
    expect(await run({ table: 'states', all: true }, second)).toMatchObject({ computed: ['c', 'a', 'd'] });
  });

  it('deletes nothing when a row of the input has no id, and says so', async () => {
    await run({ table: 'careful' }, [row('a', 'one'), row('b', 'two')]);
    const { computed, remarks } = await run({ table: 'careful', deleteMissing: true }, [row('a', 'one'), { line: 2, fault: 'is not CSV' }]);
    expect(computed).toEqual(['is not CSV']);
    expect(remarks).toEqual(['1 unchanged', 'nothing deleted, because the ids of 1 rows are not known']);
    expect(await idsOf('careful')).toHaveLength(2);
  });

  it('keeps what it has of a document that cannot be read or computed, and tries it again', async () => {
    await run({ table: 'faults' }, [row('a', 'one|two'), row('b', 'three')]);
    const faulty = [{ line: 1, id: 'a', fault: 'is not UTF-8' }, row('b', 'odd'), row('c', 'four|odd|five')];
    expect((await run({ table: 'faults', deleteMissing: true }, faulty)).computed).toEqual(['is not UTF-8', 'b', 'c']);
    expect(await idsOf('faults')).toEqual([
      ['a', 0, 'one'],
      ['a', 1, 'two'],
      ['b', 0, 'three'],
      ['c', 0, 'four'],
      ['c', 2, 'five'],
    ]);
    expect((await run({ table: 'faults' }, faulty)).computed).toEqual(['is not UTF-8', 'b', 'c']);
  });

  it('names rows that it cannot take, and takes the others', async () => {
    const others = [row('twice', 'one'), row('1', 'two')];
    const rows = [
      ...others,
      row('twice', 'three'),
      row(1, 'four'),
      { line: 5, text: 'no id' },
      row('zero', 'a\0b'),
      row('kept', 'five', { kept: { a: ['\0'] } }),
      row('escaped', 'six', { kept: { a: String.raw`\u0000` } }),
      row('long'.repeat(999), 'seven'),
    ];
    expect((await run({ table: 'odd_rows' }, rows)).computed).toEqual([
      'twice',
      '1',
      'has the id twice of an earlier row',
      'has the id 1 of an earlier row',
      'has no id',
      'has a character of value 0, which PostgreSQL does not store',
      'has a character of value 0, which PostgreSQL does not store',
      'escaped',
      'has an id with over 2000 bytes or with a character of value 0',
    ]);
    expect(await idsOf('odd_rows')).toEqual([
      ['1', 0, 'two'],
      ['escaped', 0, 'six'],
      ['twice', 0, 'one'],
    ]);
  });

  it('never has a part of a document, wherever a run ends', async () => {
    const output = await open({ table: 'whole' });
    await write(output, [row('a', 'one|two'), row('b', 'three|four')]); // `b` may go on
    expect(await output.interrupt()).toBe('2 rows are saved: the same command continues');
    expect(await idsOf('whole')).toEqual([
      ['a', 0, 'one'],
      ['a', 1, 'two'],
    ]);
    expect(await run({ table: 'whole' }, [row('a', 'one|two'), row('b', 'three|four')])).toEqual({
      computed: ['b'],
      remarks: ['1 unchanged'],
    });
  });

  it('keeps what is written when the connection is lost, and says how to go on', async () => {
    const output = await open({ table: 'lost' });
    await write(output, [row('a', 'one')]);
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'embedding-pipeline'");
    await expect(write(output, [row('b', 'two')])).rejects.toThrow(
      /^PostgreSQL database postgres at .*: (the connection is lost|terminating connection)/,
    );
    expect(await output.interrupt()).toBe('1 row is saved: the same command continues');
    expect(await run({ table: 'lost' }, [row('a', 'one'), row('b', 'two')])).toMatchObject({ computed: ['b'] });
  });

  it('has the type that can be indexed, unless another is asked for', async () => {
    const types = async (table: string): Promise<unknown> =>
      (
        await rowsOf(
          `SELECT format_type(atttypid, atttypmod) AS type, (SELECT count(*)::int FROM pg_index WHERE indrelid = attrelid) AS indexes FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attname = 'embedding'`,
        )
      )[0];
    const said: string[] = [];
    await run({ table: 'large', space: { ...SPACE, dimensions: 3072 } }, []);
    await run({ table: 'huge', said, space: { ...SPACE, dimensions: 5000 } }, []);
    await run({ table: 'halves', vectorType: 'halfvec', index: false }, [row('a', 'one')]);
    expect(await types('large')).toEqual({ type: 'halfvec(3072)', indexes: 2 });
    expect(await types('huge')).toEqual({ type: 'vector(5000)', indexes: 1 });
    expect(said).toEqual(['vectors of 5000 dimensions cannot have an index']);
    expect(await types('halves')).toEqual({ type: 'halfvec(3)', indexes: 1 });
    await run({ table: 'halves' }, [row('b', 'two')]); // the type of the table
    expect(await types('halves')).toEqual({ type: 'halfvec(3)', indexes: 2 });
  });

  it('takes one run at a time: another one waits for its end, and can be stopped meanwhile', async () => {
    const first = await open({ table: 'busy' });
    const stop = new AbortController();
    const stopped = open({ table: 'busy', signal: stop.signal });
    const second = open({ table: 'busy' });
    const waiting = "SELECT count(*)::int AS count FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    await eventually('two waiting runs', async () => (await rowsOf(waiting))[0]?.['count'] === 2);
    stop.abort();
    await expect(stopped).rejects.toThrow('the connection is lost');
    await write(first, [row('a', 'one')]);
    await first.finish();
    expect(await write(await second, [row('a', 'one')])).toEqual([]);
    await (await second).finish();
  });
});

describe('a table that cannot take the vectors is refused, and stays as it is', () => {
  const mine = 'id text, chunk int, start int, "end" int, text text, metadata jsonb, truncated bool, hash bytea';

  it.each([
    {
      name: 'foreign',
      made: 'TABLE foreign_docs (id int)',
      table: 'foreign_docs',
      says: 'has a column id of the type int4 instead of text',
    },
    { name: 'a view', made: 'VIEW some_view AS SELECT 1 AS id', table: 'some_view', says: 'is no table: choose another --table' },
    {
      name: 'without a key',
      made: `TABLE keyless (${mine}, embedding vector(3))`,
      table: 'keyless',
      says: 'has no primary key (id, chunk)',
    },
    {
      name: 'of another size',
      made: `TABLE sized (${mine}, embedding vector(4), PRIMARY KEY (id, chunk))`,
      table: 'sized',
      says: "has vectors of 4 dimensions, and some'model has 3",
    },
    {
      name: 'without vectors',
      made: `TABLE plain (${mine}, embedding real[])`,
      table: 'plain',
      says: 'has a column embedding of the type _float4 instead of vector or halfvec',
    },
  ])('$name', async ({ made, table, says }) => {
    await admin.query('CREATE EXTENSION IF NOT EXISTS vector');
    await admin.query(`CREATE ${made}`);
    const opening = open({ table });
    await expect(opening).rejects.toThrow(`table "${table}" ${says}`);
    await expect(opening).rejects.toHaveProperty('name', 'UsageError');
  });

  it('of another space, or of an unknown one', async () => {
    await run({ table: 'spaces' }, [row('a', 'one')]);
    await expect(open({ table: 'spaces', space: { ...SPACE, model: 'other', space: 'ffff' } })).rejects.toThrow(
      "has vectors of some'model (space 0a1b2c), and this run computes those of other (space ffff), which cannot be compared: choose another --table, choose the model and settings of the table, or drop the table",
    );
    await expect(open({ table: 'spaces', vectorType: 'halfvec' })).rejects.toThrow(
      'has vectors of the type vector: leave out --vector-type',
    );
    await admin.query('COMMENT ON TABLE spaces IS NULL');
    await expect(open({ table: 'spaces' })).rejects.toThrow("begin its comment with 'Vectors of some'model, space 0a1b2c'");
    await admin.query('DELETE FROM spaces');
    expect(await run({ table: 'spaces' }, [row('a', 'one')])).toMatchObject({ computed: ['a'] }); // an empty one has no other space
  });
});

describe('a database that cannot be used is named, and its password never', () => {
  const at = (change: (url: URL) => void): string => {
    const url = new URL(postgres.url);
    change(url);
    return String(url);
  };

  it.each([
    [
      'a wrong password',
      () => at((url) => (url.password = 'wr0ng')),
      /^PostgreSQL database postgres at 127\.0\.0\.1:\d+: .*failed.*: give the password in PGPASSWORD/,
    ],
    ['no password', () => at((url) => (url.password = '')), /asks for a password: give the password in PGPASSWORD/],
    ['no such database', () => at((url) => (url.pathname = '/none')), /^PostgreSQL database none at .*: database "none" does not exist$/],
    [
      'no server',
      () => at((url) => (url.port = '1')),
      /^PostgreSQL database postgres at 127\.0\.0\.1:1: no server listens there \(ECONNREFUSED\)$/,
    ],
    ['no URL', () => 'postgresql://me:wr0ng@host:port/d', /^the URL of --to cannot be read: write postgresql:/],
  ])('%s', async (_, url, says) => {
    const opening = open({ table: 'docs', to: url() });
    await expect(opening).rejects.toThrow(says);
    await expect(opening).rejects.not.toThrow(/wr0ng|secret/);
  });

  it('a schema that is not there', async () => {
    await expect(open({ table: '"none of\'them".docs' })).rejects.toThrow(
      'has no schema none of\'them: create it, for example with CREATE SCHEMA "none of\'them"',
    );
  });

  it('a user without the right to create the extension', async () => {
    await admin.query(`CREATE DATABASE bare; `);
    await admin.query(`CREATE ROLE weak LOGIN PASSWORD 'weak'`);
    const url = at((weak) => {
      weak.username = 'weak';
      weak.password = 'weak';
      weak.pathname = '/bare';
    });
    await expect(open({ table: 'docs', to: url })).rejects.toThrow(
      /permission denied to create extension "vector".*let an administrator run CREATE EXTENSION vector/,
    );
  });
});

describe('embedding-pipeline embed, from a folder into a table', () => {
  let folder: string;

  const start = (...parameters: readonly string[]): StartedProcess =>
    new StartedProcess(
      process.env['E2E_NODE'] ?? process.execPath,
      [CLI, 'embed', ...parameters, '--to', `postgresql://${postgres.address}`, '--table', 'documents'],
      {
        cwd: folder,
        env: plainEnvironment({ PGPASSWORD: PASSWORD }),
      },
    );
  const name = (index: number): string => join(folder, 'docs', index % 2 === 0 ? 'even' : '', `${index}.md`);
  const count = async (): Promise<number> => Number((await rowsOf('SELECT count(*) FROM documents').catch(() => []))[0]?.['count'] ?? 0);

  beforeAll(() => {
    folder = temporaryFolder();
    mkdirSync(join(folder, 'docs/even'), { recursive: true });
    for (let index = 0; index < 1200; index++) writeFileSync(name(index), `# Number ${index}\n\nsentence number ${index}`);
    writeFileSync(name(0), 'The ship sails across the ocean.');
  });

  it('computes each document once over kill -9, finds neighbours, and then computes only what changes', async () => {
    const killed = start('docs');
    await eventually('some rows', async () => (await count()) > 0, 60_000);
    killed.kill('SIGKILL');
    await killed.exitCode;
    const before = await count();
    expect(before).toBeLessThan(1200);

    const resumed = start('docs');
    expect([await resumed.exitCode, resumed.stderr()]).toEqual([0, expect.stringMatching(/^docs: 1200 files\n/)]);
    const [, written, unchanged] = /table "documents": (\d+) vectors of \d+ rows, (\d+) unchanged\n$/.exec(resumed.stderr()) ?? [];
    expect(Number(written) + Number(unchanged)).toBe(1200);
    expect(Number(unchanged)).toBeGreaterThanOrEqual(before);
    const [summary] = await rowsOf(
      'SELECT count(*)::int AS rows, count(DISTINCT id)::int AS ids, count(hash)::int AS hashes FROM documents',
    );
    expect(summary).toEqual({ rows: 1200, ids: 1200, hashes: 1200 });

    writeFileSync(name(1), 'A vessel at sea.');
    rmSync(name(2));
    const synced = start('docs/', '--delete-missing');
    expect([await synced.exitCode, synced.stderr()]).toEqual([
      0,
      expect.stringMatching(/: 1 vector of 1 row, 1198 unchanged, 1 deleted\n$/),
    ]);
    const nearest = await rowsOf(
      `SELECT id FROM documents ORDER BY embedding <=> (SELECT embedding FROM documents WHERE id = 'docs/even/0.md') LIMIT 2`,
    );
    expect(nearest.map(({ id }) => id)).toEqual(['docs/even/0.md', 'docs/1.md']);
  });
});
