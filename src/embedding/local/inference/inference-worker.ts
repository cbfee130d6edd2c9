/** The program of an inference process: loads one model, then runs one group at a time until the parent goes. */
import { Link, parentLinkPort } from '../../../link/index.js';
import { measureGroupBudget } from './group-budget.js';
import { ModelRuntime } from './model-runtime.js';
import type { ModelCard } from '../model/card/model-card.js';
import { LOAD, RUN, type LoadedModel } from './worker-messages.js';

// The parent decides when this process stops: a Ctrl-C reaches the whole process group, and a run must still finish.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit(0));

let runtime: ModelRuntime | undefined;

const link = new Link(parentLinkPort());
link.answer(LOAD, async (card) => await load(card));
link.answer(RUN, async ({ ids, lengths, promptTokens }) => {
  if (runtime === undefined) throw new Error('no model is loaded');
  const startedAt = performance.now();
  const result = await runtime.run(split(ids, lengths), promptTokens);
  return { ...result, milliseconds: performance.now() - startedAt, rssBytes: process.memoryUsage.rss() };
});

async function load(card: ModelCard): Promise<LoadedModel> {
  const loaded = await ModelRuntime.load(card);
  runtime = loaded;
  const batchInvariant = await loaded.isBatchInvariant();
  const groupBudget = await measureGroupBudget(async (texts) => await loaded.run(texts));
  return { batchInvariant, groupBudget, rssBytes: process.memoryUsage.rss() };
}

function split(ids: Int32Array, lengths: Int32Array): readonly Int32Array[] {
  let from = 0;
  return Array.from(lengths, (length) => ids.subarray(from, (from += length)));
}
