import { isTextTooLong, type Embedding, type EmbeddingProvider, type EmbedOptions } from '../../embedding/index.js';
import { ServiceError, type Fault } from '../../errors/index.js';

/**
 * The embedding of each text, or why it has none. Errors name a text by `fieldOf` its index. Rejects only for an error that
 * is not the fault of a single text.
 */
export async function embedEach(
  provider: EmbeddingProvider,
  texts: readonly (string | Fault)[],
  options: EmbedOptions,
  fieldOf: (index: number) => string,
): Promise<readonly (Embedding | ServiceError)[]> {
  const sound = texts.filter((text) => typeof text === 'string');
  const results = sound.length === 0 ? [] : await Promise.allSettled(provider.embed(sound, options));
  let next = 0;
  return texts.map((text, index) => {
    if (typeof text !== 'string') return ServiceError.ofFaults('invalid_request', [text]);
    const result = results[next++];
    if (result?.status === 'fulfilled') return result.value;
    return ownFault(result?.reason, fieldOf(index));
  });
}

/** The error if it concerns only this text, so that the other texts of its request are still answered. */
function ownFault(reason: unknown, field: string): ServiceError {
  if (isTextTooLong(reason)) return ServiceError.ofFaults('text_too_long', [{ field, message: reason.message }]);
  if (reason instanceof ServiceError && (reason.code === 'inference_failed' || reason.code === 'text_refused')) return reason;
  throw reason;
}
