/**
 * Computes vectors with built code, in a process of its own: ONNX Runtime does not run inside Jest. Each line of stdin is a
 * JSON list of models and texts. The program answers with a line that has the result for each.
 */
import { createInterface } from 'node:readline';

/**
 * @template T
 * @param {string} path
 * @returns {Promise<T>}
 */
const built = async (path) => /** @type {T} */ (await import(new URL(`../../build/embedding/local/${path}`, import.meta.url).href));
const { describeModel } = /** @type {typeof import('../../src/embedding/local/model/card/describe-model.js')} */ (
  await built('model/card/describe-model.js')
);
const { ModelRuntime } = /** @type {typeof import('../../src/embedding/local/inference/model-runtime.js')} */ (
  await built('inference/model-runtime.js')
);
const { TextTokenizer } = /** @type {typeof import('../../src/embedding/local/tokenization/text-tokenizer.js')} */ (
  await built('tokenization/text-tokenizer.js')
);

const { NAMES_OF_ONE } = /** @type {typeof import('../../src/config/index.js')} */ (await built('../../config/index.js'));

const NO_OPTIONS = {
  names: NAMES_OF_ONE.local,
  name: 'small-model',
  dtype: 'fp32',
  revision: undefined,
  pooling: undefined,
  maxTokens: undefined,
  dimensions: undefined,
  prompts: undefined,
};

/** @param {import('./compute-vectors.js').ModelTexts} model */
async function computed({ options, prompt = '', texts, fit = 'end' }) {
  const described = await describeModel({ ...NO_OPTIONS, ...options });
  if (!('card' in described)) return described;
  try {
    return await run(described.card, { prompt, texts, fit });
  } catch (error) {
    return { faults: [error instanceof Error ? error.message : String(error)] };
  }
}

/**
 * @param {import('../../src/embedding/local/model/card/model-card.js').ModelCard} card
 * @param {{ prompt: string, texts: readonly string[], fit: 'start' | 'end' | 'windows' }} reading
 */
async function run(card, { prompt, texts, fit }) {
  const tokenizer = new TextTokenizer(card);
  const tokenized = texts.flatMap((each) => tokenizer.tokenize(each, { fit, prompt }));
  const runtime = await ModelRuntime.load(card);
  /** @param {typeof tokenized} group */
  const vectorsOf = async (group) =>
    await runtime.run(
      group.map(({ ids }) => ids),
      Int32Array.from(group, ({ promptTokens }) => promptTokens),
    );
  const { vectors, lengths } = await vectorsOf(tokenized);
  const alone = [];
  for (const each of tokenized) alone.push([...(await vectorsOf([each])).vectors]);
  await runtime.release();
  return {
    ids: tokenized.map(({ ids }) => [...ids]),
    vectors: tokenized.map((_, index) => [...vectors.subarray(index * card.dimensions, (index + 1) * card.dimensions)]),
    lengths: [...lengths],
    alone,
  };
}

for await (const line of createInterface(process.stdin)) {
  const models = /** @type {readonly import('./compute-vectors.js').ModelTexts[]} */ (JSON.parse(line));
  const results = [];
  for (const model of models) results.push(await computed(model));
  process.stdout.write(`${JSON.stringify(results)}\n`);
}
