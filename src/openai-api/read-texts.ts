import { wellFormed, faultOfText, type TextLimits } from '../texts/index.js';
import type { Fault } from '../errors/index.js';
import { Cl100k } from './cl100k.js';
import type { NamedInput } from './embedding-input.js';
import { EventLoopTurn } from '../process/index.js';

/** UTF-8 takes at most four bytes for a character, and each token has at least one. More tokens are too long in any case. */
const MOST_TOKENS_PER_CHARACTER = 4;

/** The text of each input, in order, or what is wrong with it. */
export async function readTexts(inputs: readonly NamedInput[], limits: TextLimits): Promise<readonly (string | Fault)[]> {
  if (!inputs.some(({ value }) => Array.isArray(value))) return inputs.map((input) => readText(input, limits));
  const cl100k = await Cl100k.load();
  const turn = new EventLoopTurn();
  const texts: (string | Fault)[] = [];
  for (const { field, value } of inputs) {
    texts.push(Array.isArray(value) ? decodeText({ field, value }, limits, cl100k) : readText({ field, value }, limits));
    if (turn.isOver) await turn.next();
  }
  return texts;
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
  if (value.length > limits.maxTextLength * MOST_TOKENS_PER_CHARACTER) {
    return { field, message: `must have at most ${limits.maxTextLength} characters (MAX_TEXT_LENGTH)` };
  }
  const ids = value.filter((id) => cl100k.has(id));
  if (ids.length === value.length) return readText({ field, value: cl100k.decode(ids) }, limits);
  const unknown: unknown = value.find((id) => !cl100k.has(id));
  const shown = typeof unknown === 'number' ? String(unknown) : `a ${typeof unknown}`;
  return { field, message: `must hold token ids of cl100k_base, which ${shown} is not; or send the text itself` };
}
