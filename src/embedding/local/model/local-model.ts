import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { BUNDLED_MODELS_DIR, isBundledModel, SettingsError, type LocalEmbeddingSettings } from '../../../config/index.js';
import { downloadModel } from './model-download.js';

/** The file of each weight format, as transformers.js names them. */
const ONNX_FILES: Readonly<Record<string, string>> = {
  fp32: 'model.onnx',
  fp16: 'model_fp16.onnx',
  q8: 'model_quantized.onnx',
  int8: 'model_int8.onnx',
  uint8: 'model_uint8.onnx',
  q4: 'model_q4.onnx',
};
/** Where neither configuration nor the model says otherwise: BERT's positions. */
const USUAL_MAX_TOKENS = 512;
/** What "no limit" looks like in tokenizer_config.json: int(1e30). */
const UNLIMITED_TOKENS = 1_000_000;

export interface LocalModel {
  readonly name: string;
  readonly folder: string;
  readonly dtype: string;
  readonly dimensions: number;
  readonly maxTokens: number;
  /** SHA-256 over the weights and the tokenizer. */
  readonly fileHash: string;
}

/** Finds the model that the settings name, downloads it where they allow that, and checks what they say of it. */
export async function openLocalModel(settings: LocalEmbeddingSettings): Promise<LocalModel> {
  const dtype = settings.dtype === 'auto' ? (isBundledModel(settings.model) ? 'q8' : 'fp32') : settings.dtype;
  const onnxFile = ONNX_FILES[dtype] ?? 'model.onnx';
  const folder = await modelFolder(settings, dtype, onnxFile);
  for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json', `onnx/${onnxFile}`]) {
    if (!existsSync(join(folder, file))) throw missingFile(settings, dtype, folder, file);
  }
  const config = readJson(join(folder, 'config.json'));
  const tokenizerConfig = readJson(join(folder, 'tokenizer_config.json'));
  return {
    name: settings.model === folder ? basename(folder) : settings.model,
    folder,
    dtype,
    dimensions: checkedDimensions(settings, numberOf(config['hidden_size'])),
    maxTokens: checkedMaxTokens(settings, numberOf(config['max_position_embeddings']), numberOf(tokenizerConfig['model_max_length'])),
    fileHash: await hashFiles([join(folder, 'tokenizer.json'), join(folder, 'onnx', onnxFile)]),
  };
}

async function modelFolder(settings: LocalEmbeddingSettings, dtype: string, onnxFile: string): Promise<string> {
  if (isBundledModel(settings.model)) return join(BUNDLED_MODELS_DIR, settings.model);
  if (existsSync(join(settings.model, 'config.json'))) return resolve(settings.model);
  const folder = resolve(settings.modelCacheDir, settings.model);
  if (existsSync(join(folder, 'onnx', onnxFile)) && existsSync(join(folder, 'tokenizer.json'))) return folder;
  if (settings.offline) {
    throw new SettingsError([
      `EMBEDDING_MODEL=${settings.model} is not in ${folder} and HF_HUB_OFFLINE is set: put it there, or unset HF_HUB_OFFLINE`,
    ]);
  }
  await downloadModel({ id: settings.model, dtype, cacheDir: resolve(settings.modelCacheDir), hubUrl: settings.hubUrl });
  return folder;
}

function missingFile(settings: LocalEmbeddingSettings, dtype: string, folder: string, file: string): SettingsError {
  const hint = file.startsWith('onnx/') ? `; EMBEDDING_DTYPE=${dtype} needs it, another EMBEDDING_DTYPE needs another file` : '';
  return new SettingsError([`EMBEDDING_MODEL=${settings.model} has no ${file} in ${folder}${hint}`]);
}

function checkedDimensions(settings: LocalEmbeddingSettings, dimensions: number | undefined): number {
  if (dimensions === undefined) throw new SettingsError([`EMBEDDING_MODEL=${settings.model} has no hidden_size in its config.json`]);
  if (settings.dimensions !== undefined && settings.dimensions !== dimensions) {
    throw new SettingsError([
      `EMBEDDING_DIM=${settings.dimensions} is not allowed: use ${dimensions}, what ${settings.model} has, or leave it unset`,
    ]);
  }
  return dimensions;
}

function checkedMaxTokens(settings: LocalEmbeddingSettings, positions = USUAL_MAX_TOKENS, trained = positions): number {
  const own = trained >= UNLIMITED_TOKENS ? positions : Math.min(trained, positions);
  if (settings.maxTokens !== undefined && settings.maxTokens > positions) {
    throw new SettingsError([
      `EMBEDDING_MAX_TOKENS=${settings.maxTokens} is not allowed: use 3 to ${positions}, the positions that ${settings.model} has`,
    ]);
  }
  return settings.maxTokens ?? own;
}

async function hashFiles(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) await pipeline(createReadStream(path), hash, { end: false });
  return hash.digest('hex');
}

function readJson(path: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    throw new SettingsError([`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
