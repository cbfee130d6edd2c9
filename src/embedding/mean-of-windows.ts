import { ServiceError } from '../errors/index.js';
import type { Embedding } from './embedding-provider.port.js';

/** A part of a text, and how much it counts. */
export interface WeighedWindow {
  readonly embedding: Embedding;
  readonly weight: number;
}

/**
 * The embedding of a text that was read in windows: the weighted mean of the vectors that the model gave for them, scaled to
 * length one. Its tokens are those that the model read, so tokens in two windows count twice, and nothing counts as cut.
 */
export function meanOfWindows(windows: readonly WeighedWindow[]): Embedding {
  const [first] = windows;
  if (first !== undefined && windows.length === 1) return first.embedding;
  const mean = new Float64Array(first?.embedding.vector.length ?? 0);
  const total = sumOf(windows, ({ weight }) => weight);
  for (const { embedding, weight } of windows) {
    const share = ((embedding.length ?? 1) * weight) / total;
    embedding.vector.forEach((value, index) => (mean[index] = (mean[index] ?? 0) + value * share));
  }
  const length = Math.hypot(...mean);
  if (!(length > 0)) throw new ServiceError('inference_failed', 'The windows of this text have no usable mean.');
  return {
    vector: Float32Array.from(mean, (value) => value / length),
    length: windows.some(({ embedding }) => embedding.length === undefined) ? undefined : length,
    tokens: sumOf(windows, ({ embedding }) => embedding.tokens),
    inputTokens: sumOf(windows, ({ embedding }) => embedding.inputTokens),
    cached: false,
    windows: windows.length,
  };
}

function sumOf(windows: readonly WeighedWindow[], valueOf: (window: WeighedWindow) => number): number {
  return windows.reduce((sum, window) => sum + valueOf(window), 0);
}
