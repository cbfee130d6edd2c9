import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { ModelCard } from '../card/model-card.js';
import { ROWWISE_FILE } from '../onnx/onnx-files.js';
import { rememberOrigin } from '../origin.js';
import { quantizeOnnx, type Quantized, type QuantizeOptions, type QuantizeProgress } from './quantize-onnx.js';

/** Must be increased when a change gives the same model different weights. */
const VERSION = 1;
/** Files that belong to a model, but are not on its card, because they decide no float vector. */
const NOT_ON_THE_CARD = ['LICENSE', 'LICENSE.txt', 'NOTICE', 'README.md', 'vector-ranges.json'];

/** The folder of a model's row-wise int8 form under `cacheDir`. Makes the folder unless it exists. */
export async function quantizedFolder(card: ModelCard, cacheDir: string, onProgress: QuantizeProgress): Promise<string> {
  const folder = resolve(cacheDir, 'int8', `${card.name.replaceAll(/[\\/]/g, '--')}-${digest(card)}`);
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const partial = mkdtempSync(`${folder}.partial-`);
  try {
    await quantizeModel(card, partial, { onProgress });
    moveTo(folder, partial);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

interface QuantizeModelOptions extends QuantizeOptions {
  /** SHA-256 of what the tuning comes from, for the folder's note of its origin. */
  readonly calibration?: string;
}

/** Writes the row-wise int8 form of an fp32 model into a folder, with every file that the model needs. Rejects with the reason why it cannot. */
export async function quantizeModel(card: ModelCard, folder: string, options: QuantizeModelOptions): Promise<Quantized> {
  const weights = [card.graph.file, ...card.graph.externalFiles].map((path) => relative(card.folder, path));
  const names = [...card.files.map(({ name }) => name), ...NOT_ON_THE_CARD.filter((name) => existsSync(join(card.folder, name)))];
  for (const name of names) if (!weights.includes(name)) copyTo(join(folder, name), join(card.folder, name));
  const { calibration } = options;
  rememberOrigin(folder, {
    model: card.name,
    ...(card.revision !== undefined && { revision: card.revision }),
    ...(calibration !== undefined && { calibration }),
  });
  const target = join(folder, ROWWISE_FILE);
  mkdirSync(dirname(target), { recursive: true });
  return await quantizeOnnx(card.graph.file, target, options);
}

function digest({ files }: ModelCard): string {
  return createHash('sha256')
    .update(JSON.stringify([VERSION, files]))
    .digest('hex')
    .slice(0, 16);
}

function copyTo(target: string, source: string): void {
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(source, target);
}

/** Another process may have been faster; its folder is the same. */
function moveTo(folder: string, partial: string): void {
  try {
    renameSync(partial, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
