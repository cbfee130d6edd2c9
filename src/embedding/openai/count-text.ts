import { decode, encode } from 'gpt-tokenizer/encoding/cl100k_base';
import type { CutOff } from '../tokenization/text-messages.js';
import type { CountedText, CountLimits } from './counted-text.js';

/** What looks like a special token in a text, <|endoftext|> for one, is text. */
const AS_TEXT = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };
/** What decoding makes of a part of a character. */
const PART = '\ufffd';

export function countText(text: string, { maxTokens }: CountLimits, cutOff: CutOff): CountedText {
  const ids = encode(text, AS_TEXT);
  if (ids.length <= maxTokens) return { text, tokens: ids.length, inputTokens: ids.length };
  const kept = cutOff === 'end' ? beginningOf(text, ids.slice(0, maxTokens)) : endOf(text, ids.slice(-maxTokens));
  return { text: kept, tokens: maxTokens, inputTokens: ids.length };
}

/** As far as these tokens go. A token may end inside a character, which is then left out. */
function beginningOf(text: string, ids: readonly number[]): string {
  let beginning = decode([...ids]);
  while (beginning.endsWith(PART) && !text.startsWith(beginning)) beginning = beginning.slice(0, -1);
  return beginning;
}

function endOf(text: string, ids: readonly number[]): string {
  let end = decode([...ids]);
  while (end.startsWith(PART) && !text.endsWith(end)) end = end.slice(1);
  return end;
}
