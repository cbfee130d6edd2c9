// Measures the ranges of a model's dimensions, which int8 and uint8 vectors are written with, on the sentences of this
// project's documents, and writes them into the model's folder: node scripts/calibrate-ranges.js models/all-MiniLM-L6-v2
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startBuiltService } from './started-service.js';

const FOLDERS = ['.', 'docs', 'docs/decisions', 'models', 'bench', 'examples'];
const SHORTEST_SENTENCE = 20;
const TEXTS_A_REQUEST = 100;
/** Margin, so that few numbers of other texts lie outside the ranges. */
const MARGIN = 0.1;
const DECIMALS = 5;

/** @returns {readonly string[]} */
function sentences() {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  );
  const texts = files.flatMap((file) => readFileSync(file, 'utf8').split(/\n+|(?<=[.!?]) |\|/));
  return [...new Set(texts.map((text) => text.trim()).filter((text) => text.length >= SHORTEST_SENTENCE))];
}

/**
 * @param {string} url
 * @param {readonly string[]} texts
 * @returns {Promise<readonly (readonly number[])[]>}
 */
async function vectorsOf(url, texts) {
  const body = JSON.stringify({ texts: texts.map((text) => text.slice(0, 10_000)) });
  const answer = await fetch(`${url}/embed/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (!answer.ok) throw new Error(`The service answered ${answer.status}: ${await answer.text()}`);
  const { embeddings } = /** @type {{ embeddings: number[][] }} */ (await answer.json());
  return embeddings;
}

const folder = process.argv[2];
if (folder === undefined) throw new Error('Name the folder of a model, such as models/all-MiniLM-L6-v2');
const isBundled = resolve(folder) === resolve('models/all-MiniLM-L6-v2');
const service = await startBuiltService('.', isBundled ? {} : { EMBEDDING_MODEL: resolve(folder) });
const texts = sentences();
/** @type {number[]} */
const least = [];
/** @type {number[]} */
const greatest = [];
try {
  for (let from = 0; from < texts.length; from += TEXTS_A_REQUEST) {
    for (const vector of await vectorsOf(service.url, texts.slice(from, from + TEXTS_A_REQUEST))) {
      vector.forEach((value, index) => {
        least[index] = Math.min(least[index] ?? Infinity, value);
        greatest[index] = Math.max(greatest[index] ?? -Infinity, value);
      });
    }
  }
} finally {
  await service.stop();
}
const margins = least.map((value, index) => ((greatest[index] ?? value) - value) * MARGIN);
const ranges = {
  texts: texts.length,
  least: least.map((value, index) => Number((value - (margins[index] ?? 0)).toFixed(DECIMALS))),
  greatest: greatest.map((value, index) => Number((value + (margins[index] ?? 0)).toFixed(DECIMALS))),
};
writeFileSync(join(folder, 'vector-ranges.json'), `${JSON.stringify(ranges)}\n`);
console.log(`${texts.length} sentences, ${least.length} dimensions`);
