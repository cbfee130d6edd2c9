import type { Demand } from './demand.js';

/** Texts a second. */
export interface Rates {
  readonly texts: number;
  readonly hits: number;
  readonly misses: number;
}

export function ratesOf({ requests, textsPerRequest, hitRate }: Demand): Rates {
  const texts = requests * textsPerRequest;
  return { texts, hits: texts * hitRate, misses: texts * (1 - hitRate) };
}

/** Bytes of a stored vector: 12 before the numbers of four bytes. */
export function vectorBytes(dimensions: number): number {
  return 12 + 4 * dimensions;
}
