import { namedTexts, truncationOf, type Dialect, type EmbeddingResult } from '../embed-api/index.js';
import type { Truncate } from '../embedding/index.js';
import { faultOfText, type TextLimits } from '../texts/index.js';
import { isSimilarity, isTeiBody, TeiEmbedRequest } from './tei.dto.js';

/** Fields that are null or have these values do not change an answer. */
const NO_OPTIONS: Readonly<Record<string, unknown>> = { truncate: true, normalize: true, truncation_direction: 'Right' };

/** POST / and POST /embed of text-embeddings-inference. */
export const teiDialect: Dialect<TeiEmbedRequest> = {
  bodyClass: TeiEmbedRequest,
  claims: isTeiBody,
  read(body, limits) {
    const { inputs, dimensions, normalize, prompt_name: inputType } = body;
    return { ...textsOf(inputs, limits), dimensions, normalize, inputType, truncate: truncateOf(body) };
  },
  *write(result, { inputs }) {
    if (isSimilarity(inputs)) {
      yield JSON.stringify(cosines(result));
      return;
    }
    yield '[';
    for (const [index, embedding] of result.embeddings.entries()) yield (index === 0 ? '' : ',') + result.vectors.json(embedding);
    yield ']';
  },
  plain(body, limits) {
    if (!isTeiBody(body)) return undefined;
    const { inputs, ...options } = body as TeiEmbedRequest;
    for (const [name, value] of Object.entries(options)) if (value !== null && NO_OPTIONS[name] !== value) return undefined;
    const text: unknown = Array.isArray(inputs) && inputs.length === 1 ? inputs[0] : inputs;
    if (typeof text !== 'string' || faultOfText(text, limits) !== undefined || !text.isWellFormed()) return undefined;
    return { body: body as TeiEmbedRequest, text, form: 'tei' };
  },
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
  return others.map((other) => other.reduce((sum, value, index) => sum + value * (source?.[index] ?? 0), 0));
}
