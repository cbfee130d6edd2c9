import { Inject, Injectable } from '@nestjs/common';
import { OPENAI_API_SETTINGS, type OpenAiApiSettings } from '../../config/index.js';
import { CACHED_EMBEDDING_PROVIDER, type EmbeddingProvider, type EmbeddingSpace, type ModelTraits } from '../../embedding/index.js';
import { ServiceError } from '../../errors/index.js';

/** The names that the hub and Ollama have for the weights of the bundled models. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  'all-MiniLM-L6-v2': ['sentence-transformers/all-MiniLM-L6-v2', 'all-minilm', 'all-minilm:22m', 'all-minilm:l6-v2'],
};
const MOST_NAME_SHOWN = 100;

/** The model that is served, and its names: its own, those of the hub and Ollama, and those of MODEL_ALIASES. */
@Injectable()
export class ServedModels {
  readonly space: EmbeddingSpace;
  readonly traits: ModelTraits;
  /** Names in lists: the model's own first, then the aliases. */
  readonly listed: readonly string[];
  private readonly known: ReadonlySet<string>;

  constructor(
    @Inject(CACHED_EMBEDDING_PROVIDER) { space, traits }: EmbeddingProvider,
    @Inject(OPENAI_API_SETTINGS) { modelAliases }: OpenAiApiSettings,
  ) {
    const { model } = space;
    this.space = space;
    this.traits = traits;
    this.listed = [...new Set([model, ...modelAliases])];
    this.known = new Set([...this.listed, model.split('/').at(-1) ?? model, ...(OTHER_NAMES[model] ?? [])]);
  }

  has(name: string): boolean {
    return this.known.has(name);
  }

  /** Throws for a name that the model does not answer to. */
  check(name: string): void {
    if (this.has(name)) return;
    throw new ServiceError(
      'model_not_found',
      `The model \`${name.slice(0, MOST_NAME_SHOWN)}\` does not exist here; this service has \`${this.listed.join('`, `')}\` (MODEL_ALIASES adds names).`,
    );
  }
}
