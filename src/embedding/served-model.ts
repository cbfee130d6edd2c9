import type { EmbeddingSettings } from '../config/index.js';
import type { EmbeddingProvider } from './embedding-provider.port.js';
import type { EmbeddingSpace } from './embedding-space.js';
import { ownNameOf } from './local/model/own-name.js';
import type { ModelTraits } from './model-traits.js';
import type { OutputSpaces } from './output-spaces.js';

/** A model of the configuration, and what computes its vectors. */
export interface StartedModel {
  readonly settings: EmbeddingSettings;
  readonly provider: EmbeddingProvider;
}

/** A model that requests may ask for. */
export interface ServedModel {
  /** Its name in answers, metrics and lists. */
  readonly name: string;
  /** Its names in lists: its own first, then the aliases. */
  readonly listed: readonly string[];
  /** Computes its vectors, behind the cache. */
  readonly provider: EmbeddingProvider;
  readonly space: EmbeddingSpace;
  readonly traits: ModelTraits;
  /** The spaces of its vectors in other sizes. */
  readonly spaces: OutputSpaces;
  /** The prompt of texts that come without an input type. */
  readonly defaultPrompt: string;
}

/** The name of a model, which is known before it is opened. */
export function modelName({ name, provider, model }: EmbeddingSettings): string {
  return name ?? (provider === 'openai' ? model : ownNameOf(model));
}
