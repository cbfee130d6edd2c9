import { cosineBetween } from '../../vectors/index.js';
import { ModelRuntime } from './inference/model-runtime.js';
import type { ModelCard } from './model/card/model-card.js';
import { TextTokenizer } from './tokenization/text-tokenizer.js';

const ROUNDS = 5;

export interface ModelComparison {
  readonly texts: number;
  readonly meanCosine: number;
  readonly leastCosine: number;
  /** Whether a text has the same vector alone as beside others. */
  readonly isBatchInvariant: boolean;
  /** How many times as many texts a second the second model computes, one at a time on one thread. */
  readonly speed: number;
}

/** Runs two forms of one model on texts, in turns, in this process. */
export async function compareModels(first: ModelCard, second: ModelCard, texts: readonly string[]): Promise<ModelComparison> {
  const tokenizer = new TextTokenizer(first);
  const prompt = first.defaultPrompt === undefined ? '' : (first.prompts[first.defaultPrompt] ?? '');
  const tokens = texts.flatMap((text) => tokenizer.tokenize(text, { fit: 'end', prompt }).map(({ ids }) => ids));
  const [firstRuntime, secondRuntime] = [await ModelRuntime.load(first), await ModelRuntime.load(second)];
  const cosines = cosinesOf(await vectorsOf(firstRuntime, tokens), await vectorsOf(secondRuntime, tokens));
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    times[0].push(await secondsOf(firstRuntime, tokens));
    times[1].push(await secondsOf(secondRuntime, tokens));
  }
  return {
    texts: texts.length,
    meanCosine: cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length,
    leastCosine: Math.min(...cosines),
    isBatchInvariant: await secondRuntime.isBatchInvariant(),
    speed: Math.min(...times[0]) / Math.min(...times[1]),
  };
}

async function vectorsOf(runtime: ModelRuntime, texts: readonly Int32Array[]): Promise<readonly Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (const text of texts) vectors.push((await runtime.run([text])).vectors);
  return vectors;
}

async function secondsOf(runtime: ModelRuntime, texts: readonly Int32Array[]): Promise<number> {
  const startedAt = performance.now();
  await vectorsOf(runtime, texts);
  return (performance.now() - startedAt) / 1000;
}

function cosinesOf(first: readonly Float32Array[], second: readonly Float32Array[]): readonly number[] {
  return first.map((vector, index) => cosineBetween(vector, second[index] ?? vector));
}
