/**
 * Embeds 2,000 Markdown files of installed packages (DOCUMENTS sets another number) into PostgreSQL with pgvector, in chunks, and
 * kills the command (kill -9) every few seconds. Checks that each chunk is there once and is the right part of its file, that a
 * sample of vectors equals that of an undisturbed run to the bit, and that the index finds the file that answers a question. A
 * second run must embed nothing; after a change and a deletion of files, a run must embed and delete just these.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { PASSWORD, startPostgres } from '../test/support/start-postgres.js';

const DOCUMENTS = Number(process.env['DOCUMENTS'] ?? 2_000);
const KILLS = 12;
const KILL_AFTER_MS = 4_000;
const SAMPLE = 20;
const CHUNKS = ['--chunk-tokens', '200', '--chunk-overlap', '20'];
const QUESTION = 'Which package computes the Levenshtein edit distance between two words?';
const ANSWER = /leven/; // leven is one of these packages
/** Packages with many pages, because the packages of this project have too few. */
const PACKAGES =
  'eslint-plugin-jest eslint-plugin-import eslint-plugin-jsx-a11y eslint-plugin-ember eslint-plugin-vue eslint-plugin-react markdownlint stylelint remark-preset-lint-recommended remark-preset-lint-markdown-style-guide remark-cli @babel/preset-env eslint-plugin-unicorn eslint-plugin-jsdoc eslint-plugin-testing-library';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const ownPackages = fileURLToPath(new URL('../node_modules/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'embedding-proof-'));
const postgres = await startPostgres();
const database = new pg.Client(postgres.url);
await database.connect();
try {
  await prove();
} finally {
  await database.end();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function prove() {
  const files = copyDocuments();
  const documents = documentsIn(files);
  console.log(
    `${files.length} files, ${documents.length} of them with text, ${Math.round(files.reduce((sum, file) => sum + textOf(file).length, 0) / 1000)} thousand characters`,
  );

  const started = performance.now();
  const kills = await embedWithKills();
  const last = await embed();
  console.log(`${kills} kills, ${seconds(started)} s; the last run: ${last.summary}`);
  const rows = await readRows();
  checkChunks(documents, rows);
  console.log(`${rows.length} chunks of ${new Set(rows.map(({ id }) => id)).size} documents, each once, each as its file has it`);
  checkSample(rows);
  console.log(`the chunks of ${SAMPLE} documents are equal to the bit to those of an undisturbed run`);
  console.log(`"${QUESTION}" finds ${await nearest()}`);

  const again = performance.now();
  const second = await embed();
  assert.match(second.summary, new RegExp(`: 0 vectors of 0 chunks, ${documents.length} unchanged`));
  assert.deepEqual(await readRows(), rows);
  console.log(`the second run, ${seconds(again)} s: ${second.summary}`);
  await changeAndDelete(documents, rows);
}

/** The files to embed, below `docs`, in folders that are not hidden behind the name node_modules. @returns {string[]} */
function copyDocuments() {
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--legacy-peer-deps', '--loglevel=error'];
  execFileSync('npm', ['install', ...quiet, ...PACKAGES.split(' ')], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  const trees = { own: ownPackages, more: join(folder, 'node_modules') };
  const found = Object.entries(trees).flatMap(([name, tree]) =>
    markdownIn(tree).map((path) => ({ from: join(tree, path), to: join('docs', name, path.replaceAll('node_modules', 'packages')) })),
  );
  assert.ok(found.length >= DOCUMENTS, `there are only ${found.length} Markdown files`);
  /** @param {{ from: string }} file */
  const bytes = ({ from }) => statSync(from).size;
  const chosen = found.sort((a, b) => bytes(a) - bytes(b)).slice(0, DOCUMENTS); // without the longest lists of changes
  for (const { from, to } of chosen) {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    cpSync(from, join(folder, to));
  }
  return chosen.map(({ to }) => to);
}

/** @param {string} tree @returns {string[]} */
function markdownIn(tree) {
  const paths = readdirSync(tree, { recursive: true, encoding: 'utf8' }).sort();
  return paths.filter((path) => path.endsWith('.md') && !path.split('/').some((part) => part.startsWith('.')));
}

/** @param {string} file */
function textOf(file) {
  return new TextDecoder().decode(readFileSync(join(folder, file))); // without the byte order mark
}

/** Files without text are no documents. @param {readonly string[]} files */
function documentsIn(files) {
  return files.filter((file) => textOf(file).trim() !== '');
}

/** @param {readonly string[]} more */
function startEmbed(...more) {
  const { PATH, HOME, TMPDIR } = process.env;
  const parameters = [cli, 'embed', 'docs', ...CHUNKS, '--to', `postgresql://${postgres.address}`, '--table', 'documents', ...more];
  const child = spawn(process.execPath, parameters, {
    cwd: folder,
    env: { PATH, HOME, TMPDIR, PGPASSWORD: PASSWORD },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => (said += text));
  /** @type {Promise<number | null>} */
  const exited = new Promise((resolve) => child.once('close', (code) => resolve(code)));
  return { child, exited, said: () => said };
}

/** Runs the command to its end. @param {readonly string[]} more */
async function embed(...more) {
  const { exited, said } = startEmbed(...more);
  assert.equal(await exited, 0, said());
  return { summary: said().trim().split('\n').at(-1) ?? '' };
}

/** Kills a run some seconds after it has written its first rows, and starts the next one. */
async function embedWithKills() {
  for (let kills = 0; kills < KILLS; kills++) {
    const before = await countRows();
    const run = startEmbed();
    const hasEnded = () => run.child.exitCode !== null;
    while (!hasEnded() && (await countRows()) === before) await delay(100);
    await Promise.race([run.exited, delay(KILL_AFTER_MS)]);
    if (hasEnded()) return kills;
    run.child.kill('SIGKILL');
    await run.exited;
    console.log(`kill ${kills + 1}: ${await countRows()} chunks`);
  }
  return KILLS;
}

/**
 * @template Row
 * @param {string} sql
 * @param {string[]} values
 */
async function query(sql, ...values) {
  const { rows } = await database.query(sql, values);
  return /** @type {Row[]} */ (rows);
}

/** @returns {Promise<number>} */
async function countRows() {
  const [table] = /** @type {{ there: boolean }[]} */ (await query("SELECT to_regclass('documents') IS NOT NULL AS there"));
  if (table?.there !== true) return 0;
  const [rows] = /** @type {{ count: string }[]} */ (await query('SELECT count(*) FROM documents'));
  return Number(rows?.count);
}

/** @typedef {{ id: string, chunk: number, start: number, end: number, text: string, embedding: string, hash: string | null, xmin: string }} Chunk */

/** `xmin` changes when a row is written again. @returns {Promise<Chunk[]>} */
async function readRows() {
  const columns = 'id, chunk, start, "end", text, embedding::text, encode(hash, \'hex\') AS hash, xmin::text';
  return await query(`SELECT ${columns} FROM documents ORDER BY id COLLATE "C", chunk`);
}

/** @param {readonly string[]} documents @param {readonly Chunk[]} rows */
function checkChunks(documents, rows) {
  const byDocument = groupById(rows);
  assert.deepEqual([...byDocument.keys()].sort(), [...documents].sort());
  for (const [id, chunks] of byDocument) {
    const characters = Array.from(textOf(id)); // code points
    let covered = 0;
    chunks.forEach(({ chunk, start, end, text, hash }, index) => {
      assert.equal(chunk, index, `${id} has each chunk once`);
      assert.equal(text, characters.slice(start, end).join(''), `chunk ${chunk} of ${id}`);
      assert.equal(characters.slice(covered, start).join('').trim(), '', `${id} has no gap before chunk ${chunk}`);
      assert.notEqual(hash, null, `${id} is complete`);
      covered = Math.max(covered, end);
    });
    assert.equal(characters.slice(covered).join('').trim(), '', `${id} is covered to its end`);
  }
}

/** @param {readonly Chunk[]} rows */
function groupById(rows) {
  /** @type {Map<string, Chunk[]>} */
  const groups = new Map();
  for (const row of rows) groups.set(row.id, [...(groups.get(row.id) ?? []), row]);
  return groups;
}

/** @param {readonly Chunk[]} rows */
function checkSample(rows) {
  const ids = [...new Set(rows.map(({ id }) => id))];
  const sample = ids.filter((_, index) => index % Math.ceil(ids.length / SAMPLE) === 0);
  execFileSync(process.execPath, [cli, 'embed', ...sample, ...CHUNKS, '--out', 'sample.jsonl'], { cwd: folder, stdio: 'ignore' });
  const lines = readFileSync(join(folder, 'sample.jsonl'), 'utf8').trimEnd().split('\n');
  const apart = lines.map((line) => /** @type {{ id: string, chunk: number, embedding: number[] }} */ (JSON.parse(line)));
  const wanted = new Set(sample);
  assert.deepEqual(
    rows
      .filter(({ id }) => wanted.has(id))
      .map(({ id, chunk, embedding }) => [id, chunk, bits(/** @type {number[]} */ (JSON.parse(embedding)))]),
    apart.map(({ id, chunk, embedding }) => [id, chunk, bits(embedding)]),
  );
}

/** @param {number[]} numbers */
function bits(numbers) {
  return Buffer.from(Float32Array.from(numbers).buffer).toString('hex');
}

/** The document that is nearest to the question, by the index. */
async function nearest() {
  writeFileSync(join(folder, 'question.txt'), QUESTION);
  const parameters = [cli, 'embed', 'question.txt', '--input-type', 'query', '--out', '-'];
  const line = execFileSync(process.execPath, parameters, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const { embedding } = /** @type {{ embedding: number[] }} */ (JSON.parse(line));
  const sql = 'SELECT id FROM documents ORDER BY embedding <=> $1 LIMIT 3';
  const plan = await query(`EXPLAIN ${sql}`, JSON.stringify(embedding));
  assert.match(JSON.stringify(plan), /Index Scan using documents_embedding_idx/);
  const [found] = /** @type {{ id: string }[]} */ (await query(sql, JSON.stringify(embedding)));
  assert.match(found?.id ?? '', ANSWER);
  await query('SET enable_indexscan = off');
  const [exact] = /** @type {{ id: string }[]} */ (await query(sql, JSON.stringify(embedding)));
  await query('RESET enable_indexscan');
  assert.equal(found?.id, exact?.id, 'the index finds the nearest of all');
  return found?.id;
}

/** @param {readonly string[]} documents @param {readonly Chunk[]} before */
async function changeAndDelete(documents, before) {
  const [changed = '', gone = ''] = documents;
  writeFileSync(join(folder, changed), 'The ship sails across the ocean.');
  rmSync(join(folder, gone));
  const { summary } = await embed('--delete-missing');
  assert.match(summary, new RegExp(`: 1 vector of 1 chunk, ${documents.length - 2} unchanged, 1 deleted`));
  const after = await readRows();
  /** @param {Chunk} row */
  const isOther = ({ id }) => id !== changed && id !== gone;
  assert.deepEqual(after.filter(isOther), before.filter(isOther));
  assert.deepEqual(
    after.filter((row) => !isOther(row)).map(({ id, chunk, text }) => [id, chunk, text]),
    [[changed, 0, 'The ship sails across the ocean.']],
  );
  console.log(`after a changed and a deleted file: ${summary}`);
}

/** @param {number} started */
function seconds(started) {
  return Math.round((performance.now() - started) / 1000);
}
