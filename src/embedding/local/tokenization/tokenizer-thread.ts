/** The program of the tokenizer thread: texts in, token ids out, never on the thread that serves HTTP. */
import { workerData } from 'node:worker_threads';
import { packed } from './packed-texts.js';
import { serveTexts } from './serve-texts.js';
import { TextTokenizer } from './text-tokenizer.js';
import type { TokenizerFiles } from './tokenizer-messages.js';

const tokenizer = new TextTokenizer(workerData as TokenizerFiles);

serveTexts({
  workOn: (text, reading) => tokenizer.tokenize(text, reading),
  pack: packed,
  rulerOf: (prompt) => tokenizer.rulerOf(prompt),
});
