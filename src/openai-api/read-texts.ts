import { wellFormed, faultOfText, type TextLimits } from '../texts/index.js';
import { ServiceError, type Fault } from '../errors/index.js';
import { Cl100k } from './cl100k.js';
import type { NamedInput } from './embedding-input.js';
import { EventLoopTurn } from '../process/index.js';

/** UTF-8 takes at most four bytes for a character, and each token has at least one. More tokens are too long in any case. */
const MOST_TOKENS_PER_CHARACTER = 4;
/** The longest token is 128 spaces, and its id has five digits: 32 MiB of ids could become 700 MiB of texts. */
const MOST_DECODED_CHARACTERS = 32 * 1024 * 1024;

/** The text of each input, in order, or what is wrong with it. */
export async function readTexts(inputs: readonly NamedInput[], limits: TextLimits): Promise<readonly (string | Fault)[]> {
  if (!inputs.some(({ value }) => Array.isArray(value))) return inputs.map((input) => readText(input, limits));
  const cl100k = await Cl100k.load();
  const turn = new EventLoopTurn();
  const texts: (string | Fault)[] = [];
  let decoded = 0;
  for (const { field, value } of inputs) {
    const text = Array.isArray(value) ? decodeText({ field, value }, limits, cl100k) : readText({ field, value }, limits);
    if (Array.isArray(value) && typeof text === 'string') decoded += text.length;
    if (decoded > MOST_DECODED_CHARACTERS) throw tooMuchText();
    texts.push(text);
    if (turn.isOver) await turn.next();
  }
  return texts;
}

function tooMuchText(): ServiceError {
  const message = `The token ids of input stand for more than ${MOST_DECODED_CHARACTERS} characters; send fewer at a time.`;
  return new ServiceError('payload_too_large', message);
}

function readText({ field, value }: NamedInput, limits: TextLimits): string | Fault {
  if (typeof value !== 'string') return { field, message: 'must be a string or an array of token ids' };
  const fault = faultOfText(value, limits);
  return fault === undefined ? wellFormed(value) : { field, message: fault };
}

function decodeText(
  { field, value }: NamedInput & { readonly value: readonly unknown[] },
  limits: TextLimits,
  cl100k: Cl100k,
): string | Fault {
  const { maxTextLength, maxTokenIds = 0 } = limits;
  const orTokens = maxTokenIds === 0 ? '' : `${maxTokenIds} token ids, or `;
  const tooLong = { field, message: `must have at most ${orTokens}${maxTextLength} characters (MAX_TEXT_LENGTH)` };
  if (value.length > Math.max(maxTokenIds, maxTextLength * MOST_TOKENS_PER_CHARACTER)) return tooLong;
  const ids = value.filter((id) => cl100k.has(id));
  if (ids.length === value.length) {
    const text = cl100k.decode(ids);
    const isShort = ids.length <= maxTokenIds || faultOfText(text, limits) === undefined || text === '';
    return isShort ? readText({ field, value: text }, { maxTextLength: Infinity }) : tooLong;
  }
  const unknown: unknown = value.find((id) => !cl100k.has(id));
  const shown = typeof unknown === 'number' ? String(unknown) : `a ${typeof unknown}`;
  return { field, message: `must hold token ids of cl100k_base, which ${shown} is not; or send the text itself` };
}
