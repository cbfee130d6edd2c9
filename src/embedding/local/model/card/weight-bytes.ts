import { statSync } from 'node:fs';
import type { ModelCard } from './model-card.js';

/** The bytes of a model's graph and its weights. */
export function weightBytes({ graph }: ModelCard): number {
  return [graph.file, ...graph.externalFiles].reduce((sum, path) => sum + statSync(path).size, 0);
}
