/** The program of the tokenizer thread: texts in, token ids out, never on the thread that serves HTTP. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Tokenizer } from '@huggingface/tokenizers';
import type { CutOff, TokenizedText, TokenizeReply, TokenizeRequest, TokenizerFiles } from './tokenizer-messages.js';

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
/** How many special tokens stand before and after every text, e.g. one [CLS] and one [SEP]. */
const { opening, closing } = countSpecialTokens();
const turns: Turn[] = [];

function countSpecialTokens(): { readonly opening: number; readonly closing: number } {
  const plain = tokenizer.encode('a', { add_special_tokens: false }).ids;
  const whole = tokenizer.encode('a').ids;
  const before = whole.indexOf(plain[0] ?? 0);
  return { opening: before, closing: whole.length - (before + plain.length) };
}

/** Keeps the special tokens around the text: the library's own truncation drops the last. */
function cut(ids: readonly number[], cutOff: CutOff): Int32Array {
  const excess = ids.length - maxTokens;
  if (excess <= 0) return Int32Array.from(ids);
  const from = cutOff === 'start' ? opening : ids.length - closing - excess;
  return Int32Array.from([...ids.slice(0, from), ...ids.slice(from + excess)]);
}

function tokenize(text: string, cutOff: CutOff): TokenizedText {
  const { ids } = tokenizer.encode(text);
  return { ids: cut(ids, cutOff), inputTokens: ids.length };
}

/** Works on the first caller's texts for one turn; true = all are done. */
function takeTurn({ request, done }: Turn): boolean {
  const until = performance.now() + TURN_MS;
  while (done.length < request.texts.length && performance.now() < until) {
    done.push(tokenize(request.texts[done.length] ?? '', request.cutOff));
  }
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
