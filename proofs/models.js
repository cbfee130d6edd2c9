/**
 * `npm run proof:models -- [--minutes N] [--callers N]`: three models in one service, two of this machine and one upstream (a
 * second instance of the service), under mixed load for ten minutes. Every vector must be the one that a service with that
 * model alone gives, to the bit, the limit of a key and the counts of the cache must be exact, and no request may fail, although an
 * inference process of one model is killed every ten seconds. Prints the memory, and ends with 1 if anything is wrong.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { mappedMebibytes, processMemory } from '../bench/process-memory.js';
import { shortTexts, TextSource } from '../bench/text-source.js';
import { Killer } from './models-killer.js';
import { embed, ModelsLoad } from './models-load.js';
import { startService } from './started.js';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, callers: { type: 'string', default: '6' } } });
const [minutes, callers] = [Number(values.minutes), Number(values.callers)];
if (!(minutes > 0) || !(callers >= 1)) throw new Error('npm run proof:models -- [--minutes N] [--callers N]');

const TEXTS = 300;
const TEXTS_A_CALL = 50;
const KEYS = { load: 'the-key-of-the-load', limited: 'the-key-with-a-limit' };
const LIMIT = 50;
const LIMITED_CALLS = 120;

const folder = mkdtempSync(join(tmpdir(), 'embedding-models-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

const common = { RATE_LIMIT_REQUESTS: '0', EMBEDDING_WORKERS: '1', CACHE_DIR: 'off', LOG_LEVEL: 'warn' };
const upstream = await startService(folder, { ...common, DATA_DIR: join(folder, 'upstream') });
const models = [
  { name: 'mean', source: 'all-MiniLM-L6-v2' },
  { name: 'cls', source: 'all-MiniLM-L6-v2', pooling: 'cls', max_tokens: 24, weight: 2 },
  { name: 'far', source: 'openai:all-MiniLM-L6-v2', dimensions: 384, provider: { base_url: `${upstream.url}/v1`, concurrency: 4 } },
];
const texts = new TextSource(shortTexts, 1).take(TEXTS);
/** @type {Map<string, ReadonlyMap<string, Float32Array>>} */
const expected = new Map();
for (const model of models) expected.set(model.name, await vectorsAlone(model));

const service = await startWith(models, 'together', { API_KEYS: [keyEntry('load', 0), keyEntry('limited', LIMIT)].join(',') });
report('Memory at the start', memory());
const load = new ModelsLoad({ url: service.url, key: KEYS.load, expected, texts });
const killer = new Killer(service);
const until = Date.now() + minutes * 60_000;
const [allowed] = await Promise.all([
  callsWithinLimit(),
  killer.run(until),
  ...models.map(async ({ name }) => await load.runJobs(name, until)),
  ...Array.from({ length: callers }, async () => await load.run(until)),
]);
report('Memory at the end', memory());
report('Kills', `${killer.kills} of ${killer.model ?? 'no model'}`);
const faults = [...load.faults, ...(await faultsOfCounts())];
if (allowed !== LIMIT) faults.push(`a key with ${LIMIT} requests in a window had ${allowed} over all models`);
for (const [name, { answers, vectors }] of load.seen) report(name, `${answers} answers, ${vectors} vectors compared`);
for (const fault of faults.slice(0, 20)) console.error(`FAULT ${fault}`);
console.log(faults.length === 0 ? 'All as it should be.' : `${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);

/**
 * @param {readonly object[]} served
 * @param {string} name of its data
 * @param {Record<string, string>} settings
 */
async function startWith(served, name, settings = {}) {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify({ models: served }));
  return await startService(folder, { ...common, MODELS_FILE: file, DATA_DIR: join(folder, name), ...settings });
}

/** The vector of each text, as a service gives it that has this model alone. @param {{ name: string }} model */
async function vectorsAlone(model) {
  const alone = await startWith([model], `alone-${model.name}`);
  /** @type {Map<string, Float32Array>} */
  const vectors = new Map();
  for (let from = 0; from < texts.length; from += TEXTS_A_CALL) {
    const some = texts.slice(from, from + TEXTS_A_CALL);
    const { embeddings } = await embed(alone.url, { texts: some, model: model.name });
    some.forEach((text, index) => vectors.set(text, Float32Array.from(embeddings[index] ?? [])));
  }
  alone.child.kill();
  await alone.exited;
  return vectors;
}

/** @param {keyof typeof KEYS} name @param {number} requests in a window; 0 = no limit */
function keyEntry(name, requests) {
  return `${name}:${createHash('sha256').update(KEYS[name]).digest('hex')}:client:${requests}`;
}

/** How many calls of the key with a limit were answered, whatever their model. */
async function callsWithinLimit() {
  const statuses = await Promise.all(
    Array.from({ length: LIMITED_CALLS }, async (_, index) => {
      const body = { texts: [texts[index % TEXTS]], model: models[index % models.length]?.name };
      const answer = await fetch(`${service.url}/embed/batch`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': KEYS.limited },
        body: JSON.stringify(body),
      });
      if (answer.status === 200)
        load.count(body.model ?? '', /** @type {{ cached_count: number }} */ (await answer.json()).cached_count, 1);
      return answer.status;
    }),
  );
  return statuses.filter((status) => status === 200).length;
}

/** The service has counted the texts of each model that the callers got, cached and computed. */
async function faultsOfCounts() {
  const answer = await fetch(`${service.url}/stats`, { headers: { 'x-api-key': KEYS.load } });
  /** @typedef {{ model: string, cache: { hits: number, misses: number } }} ModelStats */
  const stats = /** @type {{ models: ModelStats[] }} */ (await answer.json());
  return models.flatMap(({ name }) => {
    const { hits, misses } = stats.models.find(({ model }) => model === name)?.cache ?? {};
    const { hits: seenHits, misses: seenMisses } = load.countsOf(name);
    const isRight = hits === seenHits && misses === seenMisses;
    return isRight ? [] : [`${name}: ${hits} hits and ${misses} misses are counted, callers saw ${seenHits} and ${seenMisses}`];
  });
}

function memory() {
  const mebibytes = processMemory(service.pid).map((one) => Math.round(one.mebibytes));
  const mapped = Math.round(mappedMebibytes(service.pid));
  return `${mebibytes[0]} MiB for HTTP, ${mapped} of them mapped files such as the results of jobs; inference ${mebibytes.slice(1).join(' and ')} MiB`;
}

/** @param {string} title @param {string} text */
function report(title, text) {
  console.log(`${title.padEnd(20)}  ${text}`);
}
