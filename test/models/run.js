/**
 * Runs real weights and tokenizers that packages carry, and compares vectors and tokens with those of ONNX Runtime and the
 * tokenizers library in Python, and int8 weights with fp32. `npm run test:models`; needs python3 with venv, 5 GB under
 * .cache/, 12 GB of memory and a quarter of an hour. `-- --sentence-transformers` also compares with that library for many
 * architectures; PyTorch needs 7 GB more.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { env, pipeline } from '@xenova/transformers';
import { check, expectVectors } from './check.js';
import { compareTokens } from './compare-tokens.js';
import { installPython, installSentenceTransformers, installTokenizers } from './install.js';
import { expectLongRun, expectOneOpening } from './large.js';
import { expectInt8 } from './quantize.js';
import { close, report } from './report.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const models = join(root, '.cache/models');
const sentenceTransformersVectors = join(root, 'test/fixtures/all-MiniLM-L6-v2.jsonl');
const architectures = ['bert', 'bert-cased', 'bert-without-prompt', 'distilbert', 'mpnet', 'albert', 'electra', 'nomic-bert', 'xlm-roberta', 'modernbert', 'gemma3', 'qwen3'];

/**
 * How many texts, and how many texts with one code point each, may have other tokens than in the reference library: its
 * tables of punctuation and marks are of Unicode 8, and Node's are newer.
 *
 * @type {Record<string, { texts: number, points: number }>}
 */
const knownDifferences = {
  wordpiece: { texts: 17, points: 658 },
  'byte-bpe': { texts: 4, points: 65 },
  unigram: { texts: 0, points: 1 },
  'unigram-albert': { texts: 32, points: 482 },
  gemma3: { texts: 0, points: 0 },
  qwen3: { texts: 4, points: 65 },
};

/** Of int8 weights to fp32, on paragraphs of README files: measured, and rounded down. */
const leastCosines = {
  'all-MiniLM-L6-v2-fp32': { before: 0.9955, after: 0.9975 },
  'paraphrase-MiniLM-L3-v2-renamed': { before: 0.998, after: 0.999 },
  'multilingual-e5-small': { before: 0.998, after: 0.999 },
};

/** @param {string} name @param {string} python @param {readonly string[]} parameters */
function make(name, python, ...parameters) {
  const program = fileURLToPath(new URL(name, import.meta.url));
  execFileSync(python, [program, ...parameters], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The vectors that transformers.js gives with the bundled weights. It cuts longer texts elsewhere, and without the last token. */
async function vectorsOfTransformersJs() {
  env.allowRemoteModels = false;
  env.localModelPath = join(root, 'models');
  const extract = await pipeline('feature-extraction', 'all-MiniLM-L6-v2', { dtype: 'q8', device: 'cpu' });
  const texts = readFileSync(sentenceTransformersVectors, 'utf8').trim().split('\n').map(textOf);
  const lines = [];
  for (const text of texts.filter((each) => extract.tokenizer.encode(each).length <= 256)) {
    const vector = await extract(text, { pooling: 'mean', normalize: true });
    lines.push(JSON.stringify({ text, embedding: [.../** @type {Float32Array} */ (vector.data)] }));
  }
  const path = join(models, 'transformers-js.jsonl');
  writeFileSync(path, lines.join('\n'));
  return path;
}

/** @param {string} line */
function textOf(line) {
  return /** @type {{ text: string }} */ (JSON.parse(line)).text;
}

/** @param {string} kind @param {'texts' | 'points'} file */
async function expectTokens(kind, file) {
  const { texts, differences } = await compareTokens(join(models, 'tokenizers', kind), `${file}.jsonl`);
  const known = knownDifferences[kind]?.[file] ?? 0;
  report(`tokens of ${kind}, ${file}`, differences.length <= known, `${differences.length} of ${texts} differ`);
  if (file === 'texts') for (const difference of differences) console.log(`     ${difference}`);
}

mkdirSync(models, { recursive: true });
make('make_models.py', installPython(), models, JSON.stringify(installTokenizers()));
const vectors = (/** @type {string} */ folder) => join(models, folder, 'vectors.jsonl');

for (const folder of ['all-MiniLM-L6-v2-fp32', 'paraphrase-MiniLM-L3-v2-renamed', 'multilingual-e5-small', 'long-MiniLM', 'gemma-size'])
  expectVectors(`${folder} against ONNX Runtime and tokenizers`, join(models, folder), vectors(folder));
expectVectors('all-MiniLM-L6-v2-fp32 against sentence-transformers', join(models, 'all-MiniLM-L6-v2-fp32'), sentenceTransformersVectors);
expectVectors('the bundled model against transformers.js', 'all-MiniLM-L6-v2', await vectorsOfTransformersJs());

for (const [folder, least] of Object.entries(leastCosines)) expectInt8(join(models, folder), models, least);

const refused = check(join(models, 'paraphrase-MiniLM-L3-v2'));
report('paraphrase-MiniLM-L3-v2 with outputs that say nothing', refused.status === 1, `refused: ${refused.stderr.trim()}`);

for (const kind of Object.keys(knownDifferences)) {
  await expectTokens(kind, 'texts');
  await expectTokens(kind, 'points');
}

await expectLongRun(join(models, 'long-MiniLM'));
await expectOneOpening(join(models, 'gemma-size'));

if (process.argv.includes('--sentence-transformers')) {
  const out = join(models, 'architectures');
  make('make_architectures.py', installSentenceTransformers(), out, join(models, 'tokenizers'));
  for (const name of architectures) expectVectors(`${name} against sentence-transformers`, join(out, name), join(out, name, 'vectors.jsonl'));
}
close();
