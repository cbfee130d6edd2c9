import type { Embedding } from '../../embedding/index.js';
import { ServiceError } from '../../errors/index.js';
import type { EmbeddingResult } from './dialect.port.js';

type Outcomes = EmbeddingResult['outcomes'];

export function resultOf(outcomes: Outcomes, answer: Pick<EmbeddingResult, 'model' | 'space' | 'stages' | 'vectors'>): EmbeddingResult {
  const embeddings = outcomes.filter(isEmbedding);
  return {
    ...answer,
    outcomes,
    embeddings,
    cachedTexts: embeddings.filter(({ cached }) => cached).length,
    tokens: embeddings.reduce((sum, { tokens }) => sum + tokens, 0),
  };
}

/** The indexes of the cached texts; undefined = all are cached, or none. */
export function indexesOfSomeCached(outcomes: Outcomes): readonly number[] | undefined {
  const cached = outcomes.flatMap((outcome, index) => (isEmbedding(outcome) && outcome.cached ? [index] : []));
  return cached.length > 0 && cached.length < outcomes.length ? cached : undefined;
}

function isEmbedding(outcome: Embedding | ServiceError): outcome is Embedding {
  return !(outcome instanceof ServiceError);
}
