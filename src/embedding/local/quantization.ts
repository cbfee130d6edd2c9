import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { SettingsError, type LocalEmbeddingSettings } from '../../config/index.js';
import type { QuantizationOrder } from '../quantization-order.js';
import { improveByCalibration } from './calibration/improve-by-calibration.js';
import { LEAST_TEXTS, splitTexts, type SplitTexts } from './calibration/split-texts.js';
import { compareModels } from './model-comparison.js';
import type { ModelCard } from './model/card/model-card.js';
import { weightBytes } from './model/card/weight-bytes.js';
import { openModel } from './model/open-model.js';
import type { Quantized } from './model/quantize/quantize-onnx.js';
import { quantizeModel } from './model/quantize/quantized-model.js';
import { SAMPLE_TEXTS } from './model/quantize/sample-texts.js';
import { sayProgress, type Say } from './model/say-progress.js';

const MIB = 2 ** 20;

/** Writes the row-wise int8 form of the fp32 model that the settings name, and says what it gives. Rejects with a SettingsError. */
export async function quantizeConfigured(settings: LocalEmbeddingSettings, order: QuantizationOrder, say: Say): Promise<void> {
  const { out, calibration } = order;
  const folder = resolve(out);
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new SettingsError([`--out ${out} is not empty: name a new folder, or empty this one`]);
  const split = calibration === undefined ? undefined : splitOf(calibration);
  const source = await openModel({ ...settings, dtype: 'fp32' }, say);
  const partial = `${folder}.partial`;
  try {
    const { layers, tables, left } = await convert(source, partial, say);
    say(`Int8         ${layers} layers${tables > 0 ? ` and ${tables} tables of embeddings` : ''}`);
    for (const layer of left) say(`Stays fp32   ${layer}`);
    const open = async (model: string): Promise<ModelCard> => await openModel({ ...settings, model, dtype: 'int8' }, say);
    if (split !== undefined) await improveByCalibration(partial, { source, open, texts: split, say });
    const result = await open(partial);
    say(`Weights      ${mib(weightBytes(source))} before, ${mib(weightBytes(result))} now`);
    await sayComparison(source, result, { texts: order.texts ?? split?.apart ?? SAMPLE_TEXTS, say });
    if (existsSync(folder)) rmdirSync(folder);
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  say(`Use it with  EMBEDDING_MODEL=${out} EMBEDDING_DTYPE=int8`);
}

function splitOf(texts: readonly string[]): SplitTexts {
  const split = splitTexts(texts);
  if (split === undefined) throw new SettingsError([`--calibrate needs at least ${LEAST_TEXTS} different texts`]);
  return split;
}

async function convert(source: ModelCard, folder: string, say: Say): Promise<Quantized> {
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    return await quantizeModel(source, folder, { onProgress: sayProgress(say, 'Converted') });
  } catch (error) {
    throw new SettingsError([`${source.graph.file} cannot be converted: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

interface ComparisonOptions {
  readonly texts: readonly string[];
  readonly say: Say;
}

async function sayComparison(source: ModelCard, result: ModelCard, { texts, say }: ComparisonOptions): Promise<void> {
  const compared = await compareModels(source, result, texts);
  say(
    `Vectors      mean cosine to fp32 ${compared.meanCosine.toFixed(5)}, least ${compared.leastCosine.toFixed(5)}, on ${compared.texts} texts`,
  );
  say(
    `Batches      a text has ${compared.isBatchInvariant ? 'the same vector alone as beside others' : 'another vector beside others, so it runs alone'}`,
  );
  say(`Speed        ${compared.speed.toFixed(2)} times fp32, one text at a time on one thread`);
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}
