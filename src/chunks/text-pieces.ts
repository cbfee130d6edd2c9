import { SentenceEnds } from './sentence-ends.js';
import { wordsIn, type TextRange } from './word-parts.js';

/** The kinds of ends that a piece of text has, the best place for a cut last. `nothing`: the piece is inside of a word. */
export const ENDINGS = ['nothing', 'word', 'sentence', 'paragraph'] as const;
export type Ending = (typeof ENDINGS)[number];

/** A part of a text that is not cut if it is not longer than a chunk: usually a word. It has no spaces at its ends. */
export interface Piece extends TextRange {
  readonly ends: Ending;
}

const RUN = /\S+/g;
const BLANK_LINE = /\n[^\S\n]*\n|\r[^\S\r\n]*\r|[\f\u2029]/;
/** Characters that belong to the one before them, even if that is a space. */
const JOINED = /^(?:\p{M}|\p{Emoji_Modifier}|\u200c|\u200d|\uff9e|\uff9f)/u;
const JOINS = /[^\S\p{Cc}\u2028\u2029]/u;

/** The pieces of a text, in order: all of it but white space. */
export function* piecesOf(text: string): Generator<Piece> {
  const sentences = new SentenceEnds(text);
  let last: TextRange | undefined;
  for (const run of runsOf(text)) {
    for (const word of wordsIn(text, run)) {
      if (last !== undefined) yield { ...last, ends: endingBetween(text, last.end, word.start, sentences) };
      last = word;
    }
  }
  if (last !== undefined) yield { ...last, ends: 'paragraph' };
}

function* runsOf(text: string): Generator<TextRange> {
  let before: TextRange | undefined;
  for (const match of text.matchAll(RUN)) {
    const run = { start: match.index, end: match.index + match[0].length };
    const isJoined = JOINED.test(match[0]) && JOINS.test(text.charAt(run.start - 1));
    if (isJoined) {
      before = { start: before?.start ?? run.start - 1, end: run.end };
      continue;
    }
    if (before !== undefined) yield before;
    before = run;
  }
  if (before !== undefined) yield before;
}

function endingBetween(text: string, end: number, start: number, sentences: SentenceEnds): Ending {
  if (start > end && BLANK_LINE.test(text.slice(end, start))) return 'paragraph';
  return sentences.hasBetween(end, start) ? 'sentence' : 'word';
}
