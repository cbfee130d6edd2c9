/** They take 5 MB. If there are more, all are forgotten. */
const MOST_WORDS = 32_768;
/** Longer words rarely occur twice. */
const LONGEST_WORD = 24;
/** Some of the characters that separate words. Words around another separator are looked up as one piece, which gives the same tokens. */
const SPACES = /[ \t\n\r]+/;

/**
 * Remembers the tokens of words, because most words of a text have occurred before, and the library takes 90 us for 32
 * tokens. A text has the tokens of its words only if the tokenizer reads each word by itself (BERT's).
 */
export class KnownWords {
  private readonly idsOfWord = new Map<string, readonly number[]>();

  /** @param encode The token ids of some text, without the special tokens around it. */
  constructor(private readonly encode: (text: string) => readonly number[]) {}

  /** Appends the token ids of the text. */
  appendIdsOf(text: string, ids: number[]): void {
    for (const word of text.split(SPACES)) {
      if (word !== '') for (const id of this.idsOf(word)) ids.push(id);
    }
  }

  /** The number of tokens of a word by itself. */
  countOf(word: string): number {
    return this.idsOf(word).length;
  }

  private idsOf(word: string): readonly number[] {
    if (word.length > LONGEST_WORD) return this.encode(word);
    const known = this.idsOfWord.get(word);
    if (known !== undefined) return known;
    const ids = this.encode(word);
    if (this.idsOfWord.size === MOST_WORDS) this.idsOfWord.clear();
    this.idsOfWord.set(ownCopy(word), ids);
    return ids;
  }
}

/** Copies the word, because a part of a string keeps the whole string in memory. */
function ownCopy(word: string): string {
  return Buffer.from(word, 'utf16le').toString('utf16le');
}
