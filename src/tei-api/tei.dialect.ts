import {
  anything,
  cutsTheEnd,
  isString,
  jsonItems,
  namedTexts,
  plainIf,
  truncationOf,
  type Dialect,
  type EmbeddingResult,
  type PlainFields,
} from '../embed-api/index.js';
import type { Truncate } from '../embedding/index.js';
import type { TextLimits } from '../texts/index.js';
import { isSimilarity, isTeiBody, TeiEmbedRequest } from './tei.dto.js';

const PLAIN_FIELDS: PlainFields = {
  model: isString,
  inputs: anything,
  prompt_name: isString,
  truncate: cutsTheEnd,
  normalize: (value) => value === true,
  truncation_direction: (value) => value === 'Right' || value === 'right',
};

/** POST / and POST /embed of text-embeddings-inference. */
export const teiDialect: Dialect<TeiEmbedRequest> = {
  bodyClass: TeiEmbedRequest,
  claims: isTeiBody,
  read(body, limits) {
    const { inputs, model, dimensions, normalize, prompt_name: inputType } = body;
    return { ...textsOf(inputs, limits), model, dimensions, normalize, inputType, truncate: truncateOf(body) };
  },
  *write(result, { inputs }) {
    if (isSimilarity(inputs)) {
      yield JSON.stringify(cosines(result));
      return;
    }
    yield '[';
    yield* jsonItems(result.embeddings, (embedding) => result.vectors.json(embedding));
    yield ']';
  },
  plain: plainIf(PLAIN_FIELDS, (body: TeiEmbedRequest) => ({
    text: body.inputs,
    model: body.model,
    inputType: body.prompt_name,
    form: 'tei',
  })),
};

function textsOf(inputs: TeiEmbedRequest['inputs'], limits: TextLimits): ReturnType<typeof namedTexts> {
  if (!isSimilarity(inputs)) return namedTexts('inputs', inputs, limits);
  const source = namedTexts('inputs.source_sentence', inputs.source_sentence, limits);
  const others = namedTexts('inputs.sentences', inputs.sentences, limits);
  return {
    texts: [...source.texts, ...others.texts],
    fieldOf: (index) => (index === 0 ? source.fieldOf(0) : others.fieldOf(index - 1)),
  };
}

/** The direction says which end is cut off, where one is. */
function truncateOf({ truncate, truncation_direction: direction }: TeiEmbedRequest): Truncate | undefined {
  const asked = truncationOf(truncate);
  return direction?.toLowerCase() === 'left' && (asked === undefined || asked === 'end') ? 'start' : asked;
}

/** The cosine of each sentence with the first text; all vectors have length one. */
function cosines({ embeddings, vectors }: EmbeddingResult): readonly number[] {
  const [source, ...others] = embeddings.map((embedding) => vectors.formed(embedding).vector);
  return others.map((vector) => vector.reduce((sum, value, index) => sum + value * (source?.[index] ?? 0), 0));
}
