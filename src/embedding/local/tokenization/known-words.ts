import type { VocabularyWords } from './vocabulary-words.js';

/** They take 5 MB. If there are more, all are forgotten. */
const MOST_WORDS = 32_768;
/** Longer words rarely occur twice. */
const LONGEST_WORD = 24;
/** Some of the characters that separate words. Words around another separator are looked up as one piece, which gives the same tokens. */
const SPACES = /[ \t\n\r]+/;

/**
 * Remembers the tokens of words, because most words of a text have occurred before, and the library takes 90 us for 32
 * tokens. A word that is new is looked up in the vocabulary first. A text has the tokens of its words only if the tokenizer
 * reads each word by itself (BERT's).
 */
export class KnownWords {
  private readonly idsOfWord = new Map<string, readonly number[]>();

  /** @param encode The token ids of some text, without the special tokens around it. */
  constructor(
    private readonly encode: (text: string) => readonly number[],
    private readonly vocabulary: VocabularyWords,
  ) {}

  /**
   * Appends the token ids of the text. Returns false, with a part of them, where the text has more words than `mostNew` that
   * the library must read, or one that may take it long.
   */
  appendIdsOf(text: string, ids: number[], mostNew = Infinity): boolean {
    let left = mostNew;
    for (const word of text.split(SPACES)) {
      if (word === '') continue;
      let own = this.known(word);
      if (own === undefined) {
        if (left-- <= 0 || (mostNew < Infinity && word.length > LONGEST_WORD)) return false;
        own = this.read(word);
      }
      for (const id of own) ids.push(id);
    }
    return true;
  }

  /** The number of tokens of a word by itself. */
  countOf(word: string): number {
    return (this.known(word) ?? this.read(word)).length;
  }

  /** Undefined = the library must read the word. */
  private known(word: string): readonly number[] | undefined {
    if (word.length > LONGEST_WORD) return undefined;
    const known = this.idsOfWord.get(word);
    if (known !== undefined) return known;
    const ids = this.vocabulary.idsOf(word);
    return ids && this.remember(word, ids);
  }

  private read(word: string): readonly number[] {
    const ids = this.encode(word);
    return word.length > LONGEST_WORD ? ids : this.remember(word, ids);
  }

  private remember(word: string, ids: readonly number[]): readonly number[] {
    if (this.idsOfWord.size === MOST_WORDS) this.idsOfWord.clear();
    this.idsOfWord.set(ownCopy(word), ids);
    return ids;
  }
}

/** Copies the word, because a part of a string keeps the whole string in memory. */
function ownCopy(word: string): string {
  return Buffer.from(word, 'utf16le').toString('utf16le');
}
