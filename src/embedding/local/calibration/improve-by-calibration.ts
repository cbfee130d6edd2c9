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
export async function improveByCalibration(folder: string, { source, open, texts, say }: ImproveOptions): Promise<void> {
  const calibrated = `${folder}.calibrated`;
  try {
    rmSync(calibrated, { recursive: true, force: true });
    mkdirSync(calibrated);
    const used = firstTokens(tokenIdsOf(source, texts.forCalibration));
    say(`Calibrating  with ${used.length} texts`);
    const sayLayer = sayNowAndThen(say);
    const onProgress = (done: number, all: number): void => sayLayer(() => `Calibrated   ${done} of ${all} matrices`);
    const tuning = await calibrate(source, used, { folder: calibrated, onProgress });
    await quantizeModel(source, calibrated, { onProgress: () => undefined, tuning });
    const forms = [await open(folder), await open(calibrated)];
    const [before, after] = await compareForms(source, forms, tokenIdsOf(source, texts.apart));
    if (before === undefined || after === undefined) throw new Error('two forms');
    const isBetter = after.meanCosine > before.meanCosine;
    say(`Calibrated   ${isBetter ? 'is better' : 'is no better, so these weights are not used'}: ${inWords(before, after)}`);
    if (!isBetter) return;
    rmSync(folder, { recursive: true });
    renameSync(calibrated, folder);
  } finally {
    rmSync(calibrated, { recursive: true, force: true });
  }
}

/** The first texts, up to a number of tokens. */
function firstTokens(texts: readonly Int32Array[]): readonly Int32Array[] {
  let tokens = 0;
  return texts.filter((text, index) => (tokens += text.length) <= MOST_TOKENS || index === 0);
}

function inWords(before: Nearness, after: Nearness): string {
  const change = (name: 'meanCosine' | 'leastCosine'): string => `${before[name].toFixed(5)} before, ${after[name].toFixed(5)} now`;
  return `on ${after.texts} other texts, mean cosine to fp32 ${change('meanCosine')}; least ${change('leastCosine')}`;
}
