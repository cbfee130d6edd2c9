/** The program of the tokenizer thread: texts in, token ids out, never on the thread that serves HTTP. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { Tokenizer } from '@huggingface/tokenizers';
import { serveTexts } from './serve-texts.js';
import type { CutOff } from './text-messages.js';
import type { TokenizedText, TokenizerFiles } from './tokenizer-messages.js';

function readJson(folder: string, name: string): object {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as object;
}

const { folder, maxTokens } = workerData as TokenizerFiles;
const tokenizer = new Tokenizer(readJson(folder, 'tokenizer.json'), readJson(folder, 'tokenizer_config.json'));
/** How many special tokens stand before and after every text, e.g. one [CLS] and one [SEP]. */
const { opening, closing } = countSpecialTokens();

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

serveTexts(tokenize);
