import { longTexts, shortTexts, textsOf, TextSource } from './text-source.js';

/** @typedef {import('./load-program.js').Workload} Workload */

/** @type {readonly (Workload & { name: string, target: string })[]} */
export const misses = [
  {
    name: 'misses, ~32 tokens: 1 text a request, 16 connections',
    range: shortTexts,
    textsPerRequest: 1,
    connections: 16,
    target: '>= 80 %',
  },
  {
    name: 'misses, ~32 tokens: 32 texts a request, 4 connections',
    range: shortTexts,
    textsPerRequest: 32,
    connections: 4,
    target: '>= 88 %',
  },
  {
    name: 'misses, ~32 tokens: 100 texts a request, 2 connections',
    range: shortTexts,
    textsPerRequest: 100,
    connections: 2,
    target: '>= 88 %',
  },
  {
    name: 'misses, ~131 tokens: 32 texts a request, 2 connections',
    range: longTexts,
    textsPerRequest: 32,
    connections: 2,
    target: '>= 88 %',
  },
];

/** New texts, by how many callers ask at the same time. @type {readonly Workload[]} */
export const concurrencies = [1, 2, 4, 16, 64].map((connections) => ({ range: shortTexts, textsPerRequest: 1, connections }));

/** New texts, one at a time. @type {readonly (Workload & { tokens: number, target?: string })[]} */
export const loneMisses = [
  { tokens: 8 },
  { tokens: 32, target: '<= 1.2 x (p50)' },
  { tokens: 128 },
  { tokens: 250, target: '<= 1.05 x (p50)' },
].map((length) => ({ ...length, range: textsOf(length.tokens), textsPerRequest: 1, connections: 1 }));

export const hitTexts = new TextSource(shortTexts).take(500);

/** @type {Workload} */
export const hits = { range: shortTexts, texts: hitTexts, textsPerRequest: 1, connections: 16 };

/** 400 hits a second. That is little work, so the measured times are those of waiting. @type {Workload} */
export const pacedHits = { ...hits, connections: 4, everyMs: 10 };

/** The load that runs beside the paced hits. @type {readonly (Workload & { name: string })[]} */
export const saturations = [
  { name: '32 texts a request, 4 connections', range: shortTexts, textsPerRequest: 32, connections: 4 },
  { name: '100 texts a request, 2 connections', range: shortTexts, textsPerRequest: 100, connections: 2 },
];
