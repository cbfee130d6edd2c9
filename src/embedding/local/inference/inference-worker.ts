/** The program of an inference process: loads one model, then runs one group at a time until the parent goes. */
import { measureGroupBudget } from './group-budget.js';
import { ModelRuntime } from './model-runtime.js';
import type { ModelFiles, WorkerReply, WorkerRequest } from './worker-messages.js';

// The parent decides when a worker stops: a Ctrl-C reaches the whole process group, and what runs must still finish.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit(0));

let runtime: ModelRuntime | undefined;

async function load(model: ModelFiles): Promise<WorkerReply> {
  try {
    const loaded = await ModelRuntime.load(model);
    runtime = loaded;
    const batchInvariant = await loaded.isBatchInvariant();
    const groupBudget = await measureGroupBudget(async (texts) => await loaded.run(texts));
    return { type: 'ready', dimensions: loaded.dimensions, batchInvariant, groupBudget };
  } catch (error) {
    return { type: 'load-failed', message: messageOf(error) };
  }
}

async function run(ids: Int32Array, lengths: Int32Array): Promise<WorkerReply> {
  try {
    if (runtime === undefined) throw new Error('no model is loaded');
    const startedAt = performance.now();
    const vectors = await runtime.run(split(ids, lengths));
    return { type: 'vectors', vectors, milliseconds: performance.now() - startedAt, rssBytes: process.memoryUsage.rss() };
  } catch (error) {
    return { type: 'run-failed', message: messageOf(error) };
  }
}

function split(ids: Int32Array, lengths: Int32Array): readonly Int32Array[] {
  let from = 0;
  return Array.from(lengths, (length) => ids.subarray(from, (from += length)));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function answer(request: WorkerRequest): Promise<void> {
  const reply = request.type === 'load' ? await load(request.model) : await run(request.ids, request.lengths);
  process.send?.(reply, undefined, undefined, () => undefined); // a parent that is gone ends this process by itself
}

process.on('message', (request: WorkerRequest) => void answer(request)); // answer() catches what can fail
