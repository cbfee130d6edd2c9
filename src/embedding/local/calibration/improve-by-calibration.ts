import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { compareForms, tokenIdsOf, type Nearness } from '../model-comparison.js';
import type { ModelCard } from '../model/card/model-card.js';
import { quantizeModel } from '../model/quantize/quantized-model.js';
import { sayNowAndThen, type Say } from '../model/say-progress.js';
import { calibrate } from './calibrate.js';
import type { SplitTexts } from './split-texts.js';

/** More tokens make no better weights, and take longer. */
const MOST_TOKENS = 65_536;

export interface ImproveOptions {
  readonly source: ModelCard;
  readonly open: (folder: string) => Promise<ModelCard>;
  readonly texts: SplitTexts;
  readonly say: Say;
}

/**
 * Puts calibrated weights into a folder with the int8 form of a model, if they are better on texts that they were not
 * calibrated with, and says how much.
 */
export async function improveByCalibration(folder: string, options: ImproveOptions): Promise<void> {
  const calibrated = `${folder}.calibrated`;
  try {
    rmSync(calibrated, { recursive: true, force: true });
    mkdirSync(calibrated);
    await writeCalibrated(calibrated, options);
    if (!(await isBetter(folder, calibrated, options))) return;
    rmSync(folder, { recursive: true });
    renameSync(calibrated, folder);
  } finally {
    rmSync(calibrated, { recursive: true, force: true });
  }
}

async function writeCalibrated(folder: string, { source, texts, say }: ImproveOptions): Promise<void> {
  const used = firstTokens(tokenIdsOf(source, texts.forCalibration));
  say(`Calibrating  with ${used.length} texts`);
  const sayMatrix = sayNowAndThen(say);
  const onProgress = (done: number, all: number): void => sayMatrix(() => `Calibrated   ${done} of ${all} matrices`);
  const tuning = await calibrate(source, used, { folder, onProgress });
  await quantizeModel(source, folder, { onProgress: () => undefined, tuning, calibration: hashOf(used) });
}

async function isBetter(folder: string, calibrated: string, { source, open, texts, say }: ImproveOptions): Promise<boolean> {
  const forms = [await open(folder), await open(calibrated)] as const;
  const [before, after] = await compareForms(source, forms, firstTokens(tokenIdsOf(source, texts.apart)));
  const better = after.meanCosine > before.meanCosine;
  say(`Calibrated   ${better ? 'is better' : 'is no better, so these weights are not used'}: ${inWords(before, after)}`);
  return better;
}

/** The first texts, up to a number of tokens. */
function firstTokens(texts: readonly Int32Array[]): readonly Int32Array[] {
  let tokens = 0;
  return texts.filter((text, index) => (tokens += text.length) <= MOST_TOKENS || index === 0);
}

function hashOf(texts: readonly Int32Array[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update(';');
  return hash.digest('hex');
}

function inWords(before: Nearness, after: Nearness): string {
  const change = (name: 'meanCosine' | 'leastCosine'): string => `${before[name].toFixed(5)} before, ${after[name].toFixed(5)} now`;
  return `on ${after.texts} other texts, mean cosine to fp32 ${change('meanCosine')}; least ${change('leastCosine')}`;
}
