import type { ByteCache } from '../cache/index.js';
import type { EmbeddingSettings, ModelAlias } from '../config/index.js';
import type { EmbeddingProvider } from './embedding-provider.port.js';
import { Models } from './models.js';
import type { StartedModel } from './served-model.js';

/** Keeps nothing. */
const EMPTY_CACHE: Pick<ByteCache, 'getMany' | 'setMany'> = {
  getMany: (keys) => Promise.resolve(keys.map(() => undefined)),
  setMany: () => Promise.resolve(),
};

interface FakeNames {
  readonly modelAliases?: readonly ModelAlias[];
  readonly allowedDimensions?: readonly number[];
}

/** A model as the configuration names it, with this provider. */
export function startedModel(provider: EmbeddingProvider, named: Partial<Pick<EmbeddingSettings, 'name' | 'aliases'>> = {}): StartedModel {
  return { provider, settings: { name: undefined, aliases: [], ...named } as unknown as EmbeddingSettings };
}

/** For tests: models with a cache that is always empty. The first is the default. */
export function modelsOf(started: readonly StartedModel[], { modelAliases = [], allowedDimensions = [] }: FakeNames = {}): Models {
  return new Models(started, EMPTY_CACHE as ByteCache, { modelAliases, allowedDimensions });
}
