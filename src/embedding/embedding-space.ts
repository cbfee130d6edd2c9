import { createHash } from 'node:crypto';
import type { OutputSizes } from './model-traits.js';

/** Everything that decides a vector. Two vectors may be compared only if all of it is equal. */
export interface SpaceTraits {
  readonly provider: string;
  readonly model: string;
  /** A hash over the model's files and how they are used; of an upstream, where it is. */
  readonly revision: string;
  readonly dtype: string;
  readonly pooling: string;
  readonly normalization: string;
  /** All that the model has, as JSON: queries and documents share a space, whatever their prompts. */
  readonly prompt: string;
  readonly maxTokens: number;
  readonly dimensions: number;
}

export interface EmbeddingSpace extends SpaceTraits {
  /** 16 hexadecimal digits that stand for all the traits. */
  readonly fingerprint: string;
}

const FINGERPRINT_DIGITS = 16;

const SCALED = 'l2';
const LAYER_NORM_AND_SCALED = 'layer norm, l2';
const UNSCALED = 'none';

/** The space of vectors that were cut to fewer dimensions and scaled to length one again. */
export function cutSpace(
  space: EmbeddingSpace,
  dimensions: number,
  { layerNormFirst }: Pick<OutputSizes, 'layerNormFirst'>,
): EmbeddingSpace {
  return embeddingSpace({ ...space, dimensions, normalization: layerNormFirst ? LAYER_NORM_AND_SCALED : SCALED }); // the fingerprint of `space` is one more trait
}

export function embeddingSpace(traits: SpaceTraits): EmbeddingSpace {
  const sorted = Object.entries(traits).sort(([left], [right]) => (left < right ? -1 : 1));
  const fingerprint = createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, FINGERPRINT_DIGITS);
  return { ...traits, fingerprint };
}

/** Whether vectors of a space had a layer norm before they were cut. */
export function hasLayerNorm({ normalization }: Pick<EmbeddingSpace, 'normalization'>): boolean {
  return normalization === LAYER_NORM_AND_SCALED;
}

/** The space of the same vectors before they were scaled to length one. */
export function unscaledSpace(space: EmbeddingSpace): EmbeddingSpace {
  return embeddingSpace({ ...space, normalization: UNSCALED });
}

export function isUnscaled({ normalization }: Pick<EmbeddingSpace, 'normalization'>): boolean {
  return normalization === UNSCALED;
}
