import { ServiceError } from '../errors/index.js';
import type { Embedding, EmbeddingProvider, EmbedOptions } from './embedding-provider.port.js';
import { isTextTooLong } from './text-too-long.js';

/**
 * The embeddings of all the texts; rejects if one fails. With truncate `error` the rejection names each text that is too
 * long by `fieldOf` its index, and texts that are not being computed yet are dropped.
 */
export async function embedAll(
  provider: EmbeddingProvider,
  texts: readonly string[],
  options: EmbedOptions,
  fieldOf: (index: number) => string,
): Promise<readonly Embedding[]> {
  if (options.truncate !== 'error') return await Promise.all(provider.embed(texts, options));
  const { priority, cacheUse, cacheScope, stages, truncate, budget, inputType } = options;
  const refused = new AbortController();
  const signal = AbortSignal.any([options.signal, refused.signal]);
  const embeddings = provider.embed(texts, { priority, cacheUse, cacheScope, stages, truncate, budget, inputType, signal });
  for (const embedding of embeddings) embedding.catch((error: unknown) => isTextTooLong(error) && refused.abort());
  const faults = (await Promise.allSettled(embeddings)).flatMap((result, index) =>
    result.status === 'rejected' && isTextTooLong(result.reason) ? [{ field: fieldOf(index), message: result.reason.message }] : [],
  );
  if (faults.length > 0) throw ServiceError.ofFaults('text_too_long', faults);
  return await Promise.all(embeddings);
}
