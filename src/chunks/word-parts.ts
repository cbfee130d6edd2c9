/** Some end of a part of a text, in UTF-16 code units. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A run of characters without spaces is one word, unless it is longer or of a script that is written without spaces. */
const LONGEST_PLAIN = 32;
/** Thai, Lao, Burmese, Khmer, and everything from the Chinese radicals on, with emoji. */
const WRITTEN_WITHOUT_SPACES = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\uffff]/;
/** The segmenter looks words of some scripts up in a dictionary, all of a run at once. A longer word is cut. */
const WINDOW = 1024;

const words = new Intl.Segmenter('en', { granularity: 'word' });
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The words of a run without spaces, each with the punctuation behind it. */
export function* wordsIn(text: string, { start, end }: TextRange): Generator<TextRange> {
  if (end - start <= LONGEST_PLAIN && !WRITTEN_WITHOUT_SPACES.test(text.slice(start, end))) {
    yield { start, end };
    return;
  }
  for (let from = start; from < end;) {
    const window = windowFrom(text, from, end);
    const ends = wordEnds(window);
    const isLast = from + window.length === end;
    if (!isLast && ends.length > 1) ends.pop(); // the window may cut it
    else if (!isLast) ends[0] = lastGrapheme(window);
    let before = from;
    for (const wordEnd of ends) {
      yield { start: before, end: from + wordEnd };
      before = from + wordEnd;
    }
    from = before;
  }
}

/** The characters of a part of a text as readers see them; the code points of such a character, if it is one alone. */
export function charactersIn(text: string, { start, end }: TextRange): readonly TextRange[] {
  const part = text.slice(start, end);
  const seen = Array.from(graphemes.segment(part), ({ segment }) => segment);
  let from = start;
  return (seen.length > 1 ? seen : Array.from(part)).map(({ length }) => ({ start: from, end: (from += length) }));
}

function windowFrom(text: string, from: number, end: number): string {
  const to = Math.min(end, from + WINDOW);
  const splitsPair = to < end && text.slice(to - 1, to + 1).codePointAt(0) !== text.charCodeAt(to - 1);
  return text.slice(from, splitsPair ? to - 1 : to);
}

/** The ends of the words, counted from the beginning of the window. */
function wordEnds(window: string): number[] {
  const ends: number[] = [];
  for (const { segment, index, isWordLike } of words.segment(window)) {
    if (isWordLike !== true && ends.length > 0) ends.pop();
    ends.push(index + segment.length);
  }
  return ends;
}

/** The end of the last whole grapheme; the window may cut the one behind it. */
function lastGrapheme(window: string): number {
  const starts = Array.from(graphemes.segment(window), ({ index }) => index);
  return starts.length > 1 ? (starts.at(-1) ?? window.length) : window.length;
}
