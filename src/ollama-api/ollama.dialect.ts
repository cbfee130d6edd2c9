import {
  anything,
  cutsTheEnd,
  isString,
  jsonItems,
  namedTexts,
  plainIf,
  truncationOf,
  type Dialect,
  type PlainFields,
} from '../embed-api/index.js';
import { STAGES, type StageTimes } from '../embedding/index.js';
import { areNoOptions, OllamaEmbeddingsRequest, OllamaEmbedRequest } from './ollama.dto.js';

const NANOSECONDS_PER_MS = 1_000_000;
const USUAL_FIELDS: PlainFields = { model: isString, options: areNoOptions, keep_alive: anything };
const PLAIN_FIELDS: PlainFields = { ...USUAL_FIELDS, input: anything, truncate: cutsTheEnd };
const PLAIN_PROMPT_FIELDS: PlainFields = { ...USUAL_FIELDS, prompt: isString };

/** POST /api/embed. */
export const ollamaDialect: Dialect<OllamaEmbedRequest> = {
  bodyClass: OllamaEmbedRequest,
  read({ input, model, dimensions, truncate }, limits) {
    return { ...namedTexts('input', input, limits), model: untagged(model), dimensions, truncate: truncationOf(truncate) };
  },
  *write({ embeddings, model, stages, tokens, vectors }) {
    yield `{"model":${JSON.stringify(model)},"embeddings":[`;
    yield* jsonItems(embeddings, (embedding) => vectors.json(embedding));
    yield `],"total_duration":${nanoseconds(stages)},"load_duration":0,"prompt_eval_count":${tokens}}`;
  },
  plain: plainIf(PLAIN_FIELDS, (body: OllamaEmbedRequest) => ({ text: body.input, model: untagged(body.model) })),
};

/** The older POST /api/embeddings, for one text. */
export const ollamaPromptDialect: Dialect<OllamaEmbeddingsRequest> = {
  bodyClass: OllamaEmbeddingsRequest,
  read: ({ prompt, model }, limits) => ({ ...namedTexts('prompt', prompt, limits), model: untagged(model) }),
  *write({ embeddings, vectors }) {
    for (const embedding of embeddings) yield `{"embedding":${vectors.json(embedding)}}`;
  },
  plain: plainIf(PLAIN_PROMPT_FIELDS, (body: OllamaEmbeddingsRequest) => ({
    text: body.prompt,
    model: untagged(body.model),
    form: 'ollama',
  })),
};

/** Ollama's clients may name the newest version of a model by its tag. */
function untagged(model: string | null | undefined): string | undefined {
  return model?.replace(/:latest$/, '');
}

function nanoseconds(stages: StageTimes): number {
  return Math.round(STAGES.reduce((sum, stage) => sum + stages[stage], 0) * NANOSECONDS_PER_MS);
}
