/** The program of the thread that counts tokens: texts in, their lengths out, never on the thread that serves HTTP. */
import { workerData } from 'node:worker_threads';
import { serveTexts } from '../local/tokenization/serve-texts.js';
import { countPrompted } from './count-text.js';
import type { CountLimits } from './counted-text.js';

const limits = workerData as CountLimits;
serveTexts(
  (text, reading) => countPrompted(text, limits, reading),
  (counted) => counted,
);
