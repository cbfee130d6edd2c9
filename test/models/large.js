/** Runs the service with models that are large or take long texts: it must open each once, and end no run too early. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { processMemory } from '../../bench/process-memory.js';
import { startService } from '../../proofs/started.js';
import { report } from './report.js';

const shortTexts = 20;
const usualTimeoutMs = 10_000;

/**
 * A model above 1 GiB with a large tokenizer.
 *
 * @param {string} model
 */
export async function expectOneOpening(model) {
  const service = await started(model);
  const before = inferenceProcess(service.pid);
  for (let text = 0; text < shortTexts; text++) await embed(service, `The text number ${text}, of some words.`);
  const after = inferenceProcess(service.pid);
  const restarts = await restartsOf(service.url);
  const isSame = restarts.length === 0 && before.pid === after.pid;
  report('a model above 1 GiB is loaded once', isSame && before.mebibytes > 1024, `${Math.round(before.mebibytes)} MiB, after ${shortTexts} texts ${Math.round(after.mebibytes)} MiB`);
  const lines = service.output().match(/Opening a tokenizer of \d+ MiB/g) ?? [];
  report('a large tokenizer is opened once, and the log says it', lines.length === 1, lines.join(', '));
  await stop(service);
}

/**
 * A text of 8,192 tokens for a model of MiniLM's size.
 *
 * @param {string} model
 */
export async function expectLongRun(model) {
  const service = await started(model);
  const startedAt = performance.now();
  const tokens = await embed(service, 'word '.repeat(10_000));
  const milliseconds = Math.round(performance.now() - startedAt);
  const restarts = await restartsOf(service.url);
  const isRight = tokens === 8192 && !restarts.some((line) => line.includes('deadline'));
  const beyond = milliseconds > usualTimeoutMs ? 'beyond' : 'within';
  const [grown = 'no process grew too large'] = service.output().match(/the inference process has grown to \d+ MiB/) ?? [];
  report('a text of 8,192 tokens is not ended early', isRight, `${tokens} tokens in ${milliseconds} ms, ${beyond} the time for 512 tokens; ${grown}`);
  await stop(service);
}

/** @param {string} model */
async function started(model) {
  const folder = mkdtempSync(join(tmpdir(), 'embedding-models-'));
  const settings = { EMBEDDING_MODEL: model, EMBEDDING_WORKERS: '1', RATE_LIMIT_REQUESTS: '0', CACHE_DIR: 'off', DATA_DIR: folder };
  return { ...(await startService(folder, settings)), model: basename(model) };
}

/** @param {Awaited<ReturnType<typeof started>>} service */
async function stop({ child, exited }) {
  child.kill();
  await exited;
}

/** @param {number} pid of the service, which has one child */
function inferenceProcess(pid) {
  const [, child] = processMemory(pid);
  return child ?? { pid: 0, mebibytes: 0 };
}

/**
 * @param {Awaited<ReturnType<typeof started>>} service
 * @param {string} text
 * @returns {Promise<number>} its tokens
 */
async function embed({ url, model }, text) {
  const body = JSON.stringify({ model, input: text });
  const answer = await fetch(`${url}/v1/embeddings`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  const { usage } = /** @type {{ usage: { prompt_tokens: number } }} */ (await answer.json());
  return usage.prompt_tokens;
}

/**
 * @param {string} url
 * @returns {Promise<readonly string[]>} the reasons for which processes were replaced, with their counts
 */
async function restartsOf(url) {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return metrics.split('\n').filter((line) => /^embedding_worker_restarts_total\{.*\} [^0]/.test(line));
}
