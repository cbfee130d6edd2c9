import { Inject, Injectable } from '@nestjs/common';
import { BYTE_CACHE, type ByteCache } from '../cache/index.js';
import { answerMany, answerOne, type EmbedAnswer } from './embed-answer.js';
import { embedAll, CACHED_EMBEDDING_PROVIDER, embeddingKey, type EmbeddingProvider, type EmbedOptions } from '../embedding/index.js';
import { EmbeddingRenderer } from './embedding-renderer.js';
import { wellFormed } from '../texts/index.js';
import { withinBudget } from './within-budget.js';

@Injectable()
export class EmbeddingService {
  constructor(
    @Inject(CACHED_EMBEDDING_PROVIDER) private readonly provider: EmbeddingProvider,
    @Inject(BYTE_CACHE) private readonly cache: ByteCache,
    private readonly renderer: EmbeddingRenderer,
  ) {}

  async answerOne(text: string, options: EmbedOptions): Promise<EmbedAnswer> {
    return await withinBudget(options, async () => {
      const [embedding] = await embedAll(this.provider, [wellFormed(text)], options, () => 'text');
      if (embedding === undefined) throw new Error('one embedding per text');
      return answerOne(embedding, this.rendering(options));
    });
  }

  async answerMany(texts: readonly string[], options: EmbedOptions): Promise<EmbedAnswer> {
    return await withinBudget(options, async () => {
      const embeddings = await embedAll(this.provider, texts.map(wellFormed), options, (index) => `texts[${index}]`);
      return answerMany(embeddings, this.rendering(options));
    });
  }

  /** How many vectors of the texts were stored. */
  async forget(texts: readonly string[]): Promise<number> {
    const { fingerprint } = this.provider.space;
    const keys = texts.map(wellFormed).flatMap((text) => [embeddingKey(fingerprint, text), embeddingKey(fingerprint, text, 'start')]);
    return await this.cache.deleteMany([...new Set(keys)]);
  }

  async forgetAll(): Promise<number> {
    return await this.cache.clear();
  }

  private rendering({ stages }: EmbedOptions): Parameters<typeof answerOne>[1] {
    return { model: this.provider.space.model, renderer: this.renderer, stages };
  }
}
