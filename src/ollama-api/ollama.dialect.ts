import { namedTexts, truncationOf, type Dialect } from '../embed-api/index.js';
import { STAGES, type StageTimes } from '../embedding/index.js';
import { OllamaEmbeddingsRequest, OllamaEmbedRequest } from './ollama.dto.js';

const NANOSECONDS_PER_MS = 1_000_000;

/** POST /api/embed. */
export const ollamaDialect: Dialect<OllamaEmbedRequest> = {
  bodyClass: OllamaEmbedRequest,
  read({ input, model, dimensions, truncate }, limits) {
    return { ...namedTexts('input', input, limits), model: untagged(model), dimensions, truncate: truncationOf(truncate) };
  },
  *write({ embeddings, space, stages, tokens, vectors }) {
    yield `{"model":${JSON.stringify(space.model)},"embeddings":[`;
    for (const [index, embedding] of embeddings.entries()) yield (index === 0 ? '' : ',') + vectors.json(embedding);
    yield `],"total_duration":${nanoseconds(stages)},"load_duration":0,"prompt_eval_count":${tokens}}`;
  },
  plain: () => undefined,
};

/** The older POST /api/embeddings, for one text. */
export const ollamaPromptDialect: Dialect<OllamaEmbeddingsRequest> = {
  bodyClass: OllamaEmbeddingsRequest,
  read: ({ prompt, model }, limits) => ({ ...namedTexts('prompt', prompt, limits), model: untagged(model) }),
  *write({ embeddings, vectors }) {
    for (const embedding of embeddings) yield `{"embedding":${vectors.json(embedding)}}`;
  },
  plain: () => undefined,
};

/** Ollama's clients may name the newest version of a model by its tag. */
function untagged(model: string | null | undefined): string | undefined {
  return model?.replace(/:latest$/, '');
}

function nanoseconds(stages: StageTimes): number {
  return Math.round(STAGES.reduce((sum, stage) => sum + stages[stage], 0) * NANOSECONDS_PER_MS);
}
