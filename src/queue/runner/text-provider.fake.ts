import type { EmbedOptions, Embedding, EmbeddingProvider } from '../../embedding/index.js';

/** For tests: a vector for every text, except for those that fail. */
export class FakeTextProvider implements Pick<EmbeddingProvider, 'embed'> {
  readonly calls: (readonly string[])[] = [];
  readonly cacheScopes: (string | undefined)[] = [];
  private readonly failing = new Map<string, Error>();

  fail(text: string, error: Error): void {
    this.failing.set(text, error);
  }

  recover(text: string): void {
    this.failing.delete(text);
  }

  embed(texts: readonly string[], { cacheScope }: Pick<EmbedOptions, 'cacheScope'>): readonly Promise<Embedding>[] {
    this.calls.push(texts);
    this.cacheScopes.push(cacheScope);
    return texts.map(async (text) => {
      const error = this.failing.get(text);
      if (error !== undefined) throw error;
      return await Promise.resolve({ vector: vectorOf(text), tokens: 3, inputTokens: 3, cached: false });
    });
  }
}

export function vectorOf(text: string): Float32Array<ArrayBuffer> {
  const angle = text.codePointAt(0) ?? 0;
  return Float32Array.of(Math.cos(angle), Math.sin(angle));
}
