/** The program of the tokenizer thread: texts in, token ids out, never on the thread that serves HTTP. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Tokenizer } from '@huggingface/tokenizers';
import type { TokenizedText, TokenizeReply, TokenizeRequest, TokenizerFiles } from './tokenizer-messages.js';

/** How long one caller's texts may hold the thread before the next caller's get their turn. */
const TURN_MS = 2;

interface Turn {
  readonly request: TokenizeRequest;
  readonly done: TokenizedText[];
}

function readJson(folder: string, name: string): object {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as object;
}

const { folder, maxTokens } = workerData as TokenizerFiles;
const tokenizer = new Tokenizer(readJson(folder, 'tokenizer.json'), readJson(folder, 'tokenizer_config.json'));
/** How many special tokens stand at the end of every text, e.g. one [SEP]. */
const closingTokens = countClosingTokens();
const turns: Turn[] = [];

function countClosingTokens(): number {
  const plain = tokenizer.encode('a', { add_special_tokens: false }).ids;
  const whole = tokenizer.encode('a').ids;
  return whole.length - (whole.indexOf(plain[0] ?? 0) + plain.length);
}

/** Keeps the beginning of the text, and the special tokens around it: the library's own truncation drops the last. */
function cut(ids: readonly number[]): Int32Array {
  if (ids.length <= maxTokens) return Int32Array.from(ids);
  const kept = ids.slice(0, maxTokens - closingTokens);
  return Int32Array.from(closingTokens === 0 ? kept : [...kept, ...ids.slice(-closingTokens)]);
}

function tokenize(text: string): TokenizedText {
  const { ids } = tokenizer.encode(text);
  return { ids: cut(ids), inputTokens: ids.length };
}

/** Works on the first caller's texts for one turn; true = all are done. */
function takeTurn({ request, done }: Turn): boolean {
  const until = performance.now() + TURN_MS;
  while (done.length < request.texts.length && performance.now() < until) done.push(tokenize(request.texts[done.length] ?? ''));
  return done.length === request.texts.length;
}

async function work(): Promise<void> {
  for (let turn = turns[0]; turn !== undefined; turn = turns[0]) {
    turns.shift();
    if (takeTurn(turn)) {
      parentPort?.postMessage({ id: turn.request.id, texts: turn.done } satisfies TokenizeReply);
    } else {
      turns.push(turn);
      await setImmediate(); // lets the requests in that came meanwhile
    }
  }
}

let working = Promise.resolve();
parentPort?.on('message', (request: TokenizeRequest) => {
  turns.push({ request, done: [] });
  if (turns.length === 1) working = working.then(work);
});
parentPort?.postMessage('ready');
