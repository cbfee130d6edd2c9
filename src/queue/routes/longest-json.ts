import type { TextLimits } from '../../texts/index.js';

/** In JSON a code point takes at most 12 characters (two \u escapes); the rest holds names, brackets and an id. */
const CHARACTERS_PER_CODE_POINT = 12;
const FRAME_CHARACTERS = 8 * 1024;

/** Characters of the longest JSON of one text with what belongs to it; the same number of bytes holds it too, as UTF-8. */
export function longestJsonOf({ maxTextLength }: TextLimits): number {
  return maxTextLength * CHARACTERS_PER_CODE_POINT + FRAME_CHARACTERS;
}
