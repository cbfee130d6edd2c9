/** The program of an inference process: loads one model, then runs one group at a time until the parent goes. */
import { Link, parentLinkPort } from '../../../link/index.js';
import { measureGroupBudget } from './group-budget.js';
import { ModelRuntime } from './model-runtime.js';
import type { ModelCard } from '../model/card/model-card.js';
import { LOAD, RUN, type LoadedModel, type ModelToLoad } from './worker-messages.js';

// The parent decides when this process stops: a Ctrl-C reaches the whole process group, and a run must still finish.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit(0));

let runtime: ModelRuntime | undefined;
/** The session for a text that comes alone; undefined = there is none. */
let wideRuntime: ModelRuntime | undefined;

const link = new Link(parentLinkPort());
link.answer(LOAD, async (model) => await load(model));
link.answer(RUN, async ({ ids, lengths, promptTokens, isWide }) => {
  const chosen = isWide ? (wideRuntime ?? runtime) : runtime;
  if (chosen === undefined) throw new Error('no model is loaded');
  const startedAt = performance.now();
  const result = await chosen.run(split(ids, lengths), promptTokens);
  return { ...result, milliseconds: performance.now() - startedAt, rssBytes: process.memoryUsage.rss() };
});

async function load({ card, threads, width }: ModelToLoad): Promise<LoadedModel> {
  const loaded = await ModelRuntime.load(card, threads);
  runtime = loaded;
  const batchInvariant = await loaded.isBatchInvariant();
  const groupBudget = await measureGroupBudget(async (texts) => await loaded.run(texts));
  wideRuntime = width > 1 ? await loadWide(card, width, loaded) : undefined;
  return { batchInvariant, groupBudget, runsWide: wideRuntime !== undefined, rssBytes: process.memoryUsage.rss() };
}

/** Undefined = with several threads the model would give a text a different vector. */
async function loadWide(card: ModelCard, width: number, narrow: ModelRuntime): Promise<ModelRuntime | undefined> {
  const wide = await ModelRuntime.load(card, width);
  if (await wide.givesTheBitsOf(narrow)) return wide;
  await wide.release();
  return undefined;
}

function split(ids: Int32Array, lengths: Int32Array): readonly Int32Array[] {
  let from = 0;
  return Array.from(lengths, (length) => ids.subarray(from, (from += length)));
}
