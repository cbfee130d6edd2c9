import { Inject, Injectable } from '@nestjs/common';
import { OPENAI_API_SETTINGS, type OpenAiApiSettings } from '../config/index.js';
import { CACHED_EMBEDDING_PROVIDER, type EmbeddingProvider, type EmbeddingSpace } from '../embedding/index.js';
import { ServiceError } from '../errors/index.js';
import type { ModelObject } from './model.dto.js';

/** Where the bundled models come from: the same weights, so the same name to who knows them from there. */
const HUB_IDS: Readonly<Record<string, string>> = { 'all-MiniLM-L6-v2': 'sentence-transformers/all-MiniLM-L6-v2' };
const MOST_NAME_SHOWN = 100;

/** The one model that is served, and the names it answers to: its own, the hub's, and those of MODEL_ALIASES. */
@Injectable()
export class ServedModels {
  private readonly space: EmbeddingSpace;
  private readonly createdAt = Math.floor(Date.now() / 1000);
  private readonly listed: readonly string[];
  private readonly known: ReadonlySet<string>;

  constructor(
    @Inject(CACHED_EMBEDDING_PROVIDER) { space }: EmbeddingProvider,
    @Inject(OPENAI_API_SETTINGS) { modelAliases }: OpenAiApiSettings,
  ) {
    const { model } = space;
    this.space = space;
    this.listed = [...new Set([model, ...modelAliases])];
    this.known = new Set([...this.listed, model.split('/').at(-1) ?? model, HUB_IDS[model] ?? model]);
  }

  list(): readonly ModelObject[] {
    return this.listed.map((name) => this.describe(name));
  }

  find(name: string): ModelObject {
    this.check(name);
    return this.describe(name);
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

  private describe(name: string): ModelObject {
    const { model, provider, dimensions, maxTokens, fingerprint } = this.space;
    return {
      id: name,
      object: 'model',
      created: this.createdAt,
      owned_by: provider,
      root: model,
      dimensions,
      max_tokens: maxTokens,
      space: fingerprint,
    };
  }
}
