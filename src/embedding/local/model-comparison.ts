import { cosineBetween } from '../../vectors/index.js';
import { ModelRuntime } from './inference/model-runtime.js';
import type { ModelCard } from './model/card/model-card.js';
import { TextTokenizer } from './tokenization/text-tokenizer.js';

const ROUNDS = 5;

/** How near the vectors of two forms of a model are. */
export interface Nearness {
  readonly texts: number;
  readonly meanCosine: number;
  readonly leastCosine: number;
}

export interface ModelComparison extends Nearness {
  /** Whether a text has the same vector alone as beside others. */
  readonly isBatchInvariant: boolean;
  /** How many times as many texts a second the second model computes, one at a time on one thread. */
  readonly speed: number;
}

/** The token ids that the model reads of each text. */
export function tokenIdsOf(card: ModelCard, texts: readonly string[]): readonly Int32Array[] {
  const tokenizer = new TextTokenizer(card);
  const prompt = card.defaultPrompt === undefined ? '' : (card.prompts[card.defaultPrompt] ?? '');
  return texts.flatMap((text) => tokenizer.tokenize(text, { fit: 'end', prompt }).map(({ ids }) => ids));
}

/** Runs two forms of one model on texts, in turns, in this process. */
export async function compareModels(first: ModelCard, second: ModelCard, texts: readonly string[]): Promise<ModelComparison> {
  const tokens = tokenIdsOf(first, texts);
  const runtimes = [await ModelRuntime.load(first), await ModelRuntime.load(second)] as const;
  const nearness = nearnessOf(await vectorsOf(runtimes[0], tokens), await vectorsOf(runtimes[1], tokens));
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    times[0].push(await secondsOf(runtimes[0], tokens));
    times[1].push(await secondsOf(runtimes[1], tokens));
  }
  const isBatchInvariant = await runtimes[1].isBatchInvariant();
  for (const runtime of runtimes) await runtime.release();
  return { ...nearness, isBatchInvariant, speed: Math.min(...times[0]) / Math.min(...times[1]) };
}

/** How near two other forms of a model are to the first, on texts given as token ids. */
export async function compareForms(
  first: ModelCard,
  [second, third]: readonly [ModelCard, ModelCard],
  tokens: readonly Int32Array[],
): Promise<readonly [Nearness, Nearness]> {
  const vectors = await vectorsOfModel(first, tokens);
  const nearness = async (form: ModelCard): Promise<Nearness> => nearnessOf(vectors, await vectorsOfModel(form, tokens));
  return [await nearness(second), await nearness(third)];
}

async function vectorsOfModel(card: ModelCard, tokens: readonly Int32Array[]): Promise<readonly Float32Array[]> {
  const runtime = await ModelRuntime.load(card);
  const vectors = await vectorsOf(runtime, tokens);
  await runtime.release();
  return vectors;
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

function nearnessOf(first: readonly Float32Array[], second: readonly Float32Array[]): Nearness {
  const cosines = first.map((vector, index) => cosineBetween(vector, second[index] ?? vector));
  const meanCosine = cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length;
  return { texts: cosines.length, meanCosine, leastCosine: Math.min(...cosines) };
}
