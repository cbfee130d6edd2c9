import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { KnownWords } from './known-words.js';
import type { CutOff } from '../../scheduling/embedding-queue.port.js';
import type { TokenizedText, TokenizerFiles } from './tokenizer-messages.js';

/** The tokenizer of a model, on the thread that calls it. */
export class TextTokenizer {
  private readonly tokenizer: Tokenizer;
  private readonly maxTokens: number;
  /** The special tokens before and after every text, e.g. one [CLS] and one [SEP]. */
  private readonly opening: readonly number[];
  private readonly closing: readonly number[];
  /** Undefined = a text is more than its words to this tokenizer. */
  private readonly words: KnownWords | undefined;

  constructor({ folder, maxTokens }: TokenizerFiles) {
    const config = readJson(folder, 'tokenizer.json');
    this.tokenizer = new Tokenizer(config, readJson(folder, 'tokenizer_config.json'));
    this.maxTokens = maxTokens;
    const plain = this.encode('a');
    const whole = this.tokenizer.encode('a').ids;
    const start = whole.indexOf(plain[0] ?? 0);
    this.opening = whole.slice(0, start);
    this.closing = whole.slice(start + plain.length);
    this.words = isOfWords(config) ? new KnownWords((text) => this.encode(text)) : undefined;
  }

  tokenize(text: string, cutOff: CutOff): TokenizedText {
    const all = this.words === undefined ? this.tokenizer.encode(text).ids : this.joined(text, this.words);
    const ids = this.cut(all, cutOff);
    return { ids, tokens: ids.length, inputTokens: all.length };
  }

  private joined(text: string, words: KnownWords): readonly number[] {
    const ids = [...this.opening];
    words.appendIdsOf(text, ids);
    ids.push(...this.closing);
    return ids;
  }

  private encode(text: string): readonly number[] {
    return this.tokenizer.encode(text, { add_special_tokens: false }).ids;
  }

  /** Keeps the special tokens around the text: the library's own truncation drops the last. */
  private cut(ids: readonly number[], cutOff: CutOff): Int32Array {
    const excess = ids.length - this.maxTokens;
    if (excess <= 0) return new Int32Array(ids);
    const from = cutOff === 'start' ? this.opening.length : ids.length - this.closing.length - excess;
    return new Int32Array([...ids.slice(0, from), ...ids.slice(from + excess)]);
  }
}

interface TokenizerConfig {
  readonly normalizer?: { readonly type?: string; readonly clean_text?: boolean } | null;
  readonly pre_tokenizer?: { readonly type?: string } | null;
  readonly model?: { readonly type?: string };
  readonly added_tokens?: readonly { readonly content: string }[];
}

/** BERT's: the text is cut at spaces before anything looks at more than a character, and no token reaches over one. */
function isOfWords({ normalizer, pre_tokenizer, model, added_tokens = [] }: TokenizerConfig): boolean {
  const isBert = normalizer?.type === 'BertNormalizer' && pre_tokenizer?.type === 'BertPreTokenizer' && model?.type === 'WordPiece';
  return isBert && added_tokens.every(({ content }) => !/\s/.test(content));
}

function readJson(folder: string, name: string): TokenizerConfig {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as TokenizerConfig;
}
