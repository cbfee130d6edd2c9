/** The program of the thread that counts tokens, so that the thread that serves HTTP does not. */
import { workerData } from 'node:worker_threads';
import { serveTexts } from '../local/tokenization/serve-texts.js';
import { readText, rulerOf } from './count-text.js';
import type { CountLimits } from './counted-text.js';

const limits = workerData as CountLimits;
serveTexts({
  workOn: (text, reading) => readText(text, limits, reading),
  pack: (counted) => counted,
  rulerOf,
});
