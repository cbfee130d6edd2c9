import type { Tokenizer } from '@huggingface/tokenizers';
import type { TokenizerConfig } from './tokenizer-config.js';

const VISIBLE_ASCII = /^[!-~]+$/;
/** BERT's tokenizer reads a run of letters and digits as one word, and each sign of punctuation as another. */
const WORDS = /[A-Za-z0-9]+|[^A-Za-z0-9]/g;

/**
 * Finds words of ASCII characters in the vocabulary. WordPiece takes the longest entry that a word begins with, so a word
 * that is an entry itself has that one token. To look it up takes a sixth of the time that the library takes for a word.
 */
export class VocabularyWords {
  private readonly lowerCase: boolean;
  /** Characters with which an added token begins, such as [ of [SEP]. The library finds these tokens within words too. */
  private readonly reserved: RegExp | undefined;

  /** @param config Of a tokenizer that reads each word by itself. */
  constructor(
    private readonly tokenizer: Tokenizer,
    { normalizer, added_tokens = [] }: TokenizerConfig,
  ) {
    this.lowerCase = Boolean(normalizer?.lowercase); // as the library reads it
    this.reserved = anyOf(added_tokens.flatMap(({ content }) => firstCharacters(content)));
  }

  /** The tokens of a text without spaces; undefined if one of its words is not in the vocabulary. */
  idsOf(text: string): readonly number[] | undefined {
    if (!VISIBLE_ASCII.test(text) || this.reserved?.test(text) === true) return undefined;
    const words = (this.lowerCase ? text.toLowerCase() : text).match(WORDS) ?? [];
    const ids: number[] = [];
    for (const word of words) {
      const id = this.tokenizer.token_to_id(word);
      if (id === undefined) return undefined;
      ids.push(id);
    }
    return ids;
  }
}

/** In both cases, because some added tokens are compared with the text in lower case. */
function firstCharacters(content: string): readonly string[] {
  const [first = ''] = content;
  return [first.toLowerCase(), first.toUpperCase()];
}

function anyOf(characters: readonly string[]): RegExp | undefined {
  if (characters.length === 0) return undefined;
  const escaped = characters.flatMap((character) => [...character]).map((character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
  return new RegExp(`[${escaped.join('')}]`, 'u');
}
