import type { Tokenizer } from '@huggingface/tokenizers';
import { KnownWords } from './known-words.js';
import { openTokenizer } from './open-tokenizer.js';
import type { Reading } from '../../scheduling/embedding-queue.port.js';
import { isOfWords, readTokenizer } from './tokenizer-config.js';
import type { TokenizedText, TokenizerFiles } from './tokenizer-messages.js';

/** Prompts that were measured: a model has few. */
const MOST_PROMPTS = 100;

/** The tokenizer of a model, on the thread that calls it. */
export class TextTokenizer {
  private readonly tokenizer: Tokenizer;
  /** The special tokens before and after every text, e.g. one [CLS] and one [SEP]. */
  private readonly opening: readonly number[];
  private readonly closing: readonly number[];
  /** Undefined = tokens of this tokenizer may reach over several words. */
  private readonly words: KnownWords | undefined;
  private readonly tokensOfPrompt = new Map<string, number>();

  constructor(private readonly files: TokenizerFiles) {
    const config = readTokenizer(files.folder);
    this.tokenizer = openTokenizer(config);
    const plain = this.encode('a');
    const whole = this.tokenizer.encode('a').ids;
    const start = whole.indexOf(plain[0] ?? 0);
    this.opening = whole.slice(0, start);
    this.closing = whole.slice(start + plain.length);
    this.words = isOfWords(config) ? new KnownWords((text) => this.encode(text)) : undefined;
  }

  tokenize(text: string, { cutOff, prompt }: Reading): TokenizedText {
    const whole = this.prepared(prompt + text);
    const ids = this.words === undefined ? this.tokenizer.encode(whole).ids : this.joined(whole, this.words);
    const promptTokens = prompt === '' ? 0 : this.promptTokens(prompt);
    const first = Math.max(promptTokens, this.opening.length);
    const kept = cut(ids, { excess: ids.length - this.files.maxTokens, from: this.cutFrom(ids, first, cutOff) });
    return { ids: kept, tokens: kept.length, inputTokens: ids.length, promptTokens };
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

  /** As sentence-transformers prepares texts since version 5.4. Earlier versions took spaces off both ends. */
  private prepared(text: string): string {
    return this.files.lowerCase ? text.toLowerCase() : text;
  }

  /** Tokens of the prompt and of the special ones before it, counted as sentence-transformers counts them. */
  private promptTokens(prompt: string): number {
    let tokens = this.tokensOfPrompt.get(prompt);
    if (tokens === undefined) {
      tokens = this.opening.length + this.encode(this.prepared(prompt)).length;
      if (this.tokensOfPrompt.size === MOST_PROMPTS) this.tokensOfPrompt.clear();
      this.tokensOfPrompt.set(prompt, tokens);
    }
    return tokens;
  }

  /** Keeps prompt and special tokens: the library's own truncation drops the last. */
  private cutFrom(ids: readonly number[], first: number, cutOff: Reading['cutOff']): number {
    const excess = ids.length - this.files.maxTokens;
    const end = ids.length - this.closing.length - excess;
    return cutOff === 'start' ? Math.min(first, end) : end;
  }
}

/** Takes the ids from there on out; a negative excess or zero = none. */
function cut(ids: readonly number[], { excess, from }: { readonly excess: number; readonly from: number }): Int32Array {
  if (excess <= 0) return new Int32Array(ids);
  return new Int32Array([...ids.slice(0, from), ...ids.slice(from + excess)]);
}
