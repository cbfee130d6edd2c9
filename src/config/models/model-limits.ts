import { amount, cosine, integer, type Reader } from '../setting-readers.js';

/** The bounds of a number that a variable sets for one model, and a field of MODELS_FILE for each of several. */
export interface Limit {
  readonly least: number;
  readonly most: number;
  readonly type: 'integer' | 'number';
  readonly reader: Reader<number>;
}

export const LIMITS = {
  dimensions: whole(1, 65_536),
  maxTokens: whole(3, 1_000_000, 'tokens'),
  weight: whole(1, 1000),
  keepLoadedMinutes: whole(1, 525_600, 'minutes'),
  timeoutMs: whole(100, 300_000, 'milliseconds'),
  maxRetries: whole(0, 20),
  concurrency: whole(1, 256, 'calls'),
  maxInputs: whole(1, 2048, 'texts'),
  maxCallTokens: whole(1, 10_000_000, 'tokens'),
  price: { least: 0, most: 1_000_000, type: 'number', reader: amount(1_000_000, 'dollars per million tokens') },
  cosine: { least: 0, most: 1, type: 'number', reader: cosine },
} satisfies Record<string, Limit>;

function whole(least: number, most: number, unit?: string): Limit {
  return { least, most, type: 'integer', reader: integer(least, most, unit) };
}
