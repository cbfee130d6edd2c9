import { StageTimes, type Embedding, type EmbeddingSpace } from '../../embedding/index.js';
import type { ServiceError } from '../../errors/index.js';
import type { Dialect } from './dialect.port.js';
import { EmbeddingRenderer } from './embedding-renderer.js';
import { resultOf } from './embedding-result.js';
import { VectorWriter } from './vector-writer.js';

const SPACE = { model: 'a "model"', dimensions: 2, fingerprint: 'the space' } as EmbeddingSpace;

const RANGES = { least: Float32Array.of(-1, -1), greatest: Float32Array.of(1, 1) };

/** For tests of dialects: the parsed body that the dialect writes for these outcomes. */
export function written<Body extends object>(
  dialect: Dialect<Body>,
  outcomes: readonly (Embedding | ServiceError)[],
  body: Partial<Body> = {},
): unknown {
  const vectors = new VectorWriter(new EmbeddingRenderer(100_000), SPACE, RANGES);
  return JSON.parse(
    [...dialect.write(resultOf(outcomes, { model: SPACE.model, space: SPACE, stages: new StageTimes(), vectors }), body as Body)].join(''),
  );
}

/** A text that was stored. */
export const WHOLE: Embedding = { vector: Float32Array.of(0.5, -0.5), tokens: 3, inputTokens: 3, cached: true };
/** A text that was computed and had more tokens than the model reads. */
export const CUT: Embedding = { vector: Float32Array.of(0.25, 0.75), tokens: 8, inputTokens: 9, cached: false };
