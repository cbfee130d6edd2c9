import type { Tokenizer } from '@huggingface/tokenizers';
import type { Ruler } from '../../../chunks/index.js';
import { KnownWords } from './known-words.js';
import type { CutOff, Reading } from '../../scheduling/embedding-queue.port.js';
import { tokenWindows } from '../../scheduling/token-windows.js';
import { openTokenizer } from './open-tokenizer.js';
import { isOfWords, readTokenizer } from './tokenizer-config.js';
import type { TokenizedText, TokenizerFiles } from './tokenizer-messages.js';
import { VocabularyWords } from './vocabulary-words.js';

/** Prompts that were measured: a model has few. */
const MOST_PROMPTS = 100;

/** The tokenizer of a model, on the thread that calls it. */
export class TextTokenizer {
  private readonly tokenizer: Tokenizer;
  /** The special tokens before and after every text, e.g. one [CLS] and one [SEP]. */
  private readonly opening: readonly number[];
  private readonly closing: readonly number[];
  private readonly words: KnownWords;
  /** Whether no token reaches over several words. */
  private readonly isOfWords: boolean;
  private readonly tokensOfPrompt = new Map<string, number>();

  constructor(private readonly files: TokenizerFiles) {
    const config = readTokenizer(files.folder);
    this.tokenizer = openTokenizer(config);
    const plain = this.encode('a');
    const whole = this.tokenizer.encode('a').ids;
    const start = whole.indexOf(plain[0] ?? 0);
    this.opening = whole.slice(0, start);
    this.closing = whole.slice(start + plain.length);
    this.words = new KnownWords((text) => this.encode(text), new VocabularyWords(this.tokenizer, config));
    this.isOfWords = isOfWords(config);
  }

  /** The text in one piece, or in windows if that is asked for. */
  tokenize(text: string, reading: Reading): readonly TokenizedText[] {
    return this.fitted(this.idsOf(reading.prompt + text), reading);
  }

  /** As `tokenize`; undefined if the text has more words than `mostNew` that are not known yet. */
  tokenizeKnown(text: string, reading: Reading, mostNew: number): readonly TokenizedText[] | undefined {
    const ids = this.isOfWords ? this.joined(this.prepared(reading.prompt + text), mostNew) : undefined;
    return ids && this.fitted(ids, reading);
  }

  private fitted(ids: readonly number[], { fit, prompt }: Reading): readonly TokenizedText[] {
    const promptTokens = prompt === '' ? 0 : this.promptTokens(prompt);
    const first = Math.max(promptTokens, this.opening.length);
    const isTooLong = ids.length > this.files.maxTokens;
    if (fit === 'windows' && isTooLong && this.roomBehind(first) > 0) return this.windows(ids, { first, promptTokens });
    const kept = isTooLong ? this.cut(ids, first, fit === 'start' ? 'start' : 'end') : new Int32Array(ids);
    return [this.tokenized(kept, { first, promptTokens, inputTokens: ids.length })];
  }

  /** Counts tokens of texts with this prompt before them, and with the special tokens. */
  rulerOf(prompt: string): Ruler {
    return { count: (text) => this.idsOf(prompt + text).length, estimate: (word) => this.words.countOf(this.prepared(word)) };
  }

  /** Each window has the prompt and the special tokens, as if it were a text. */
  private windows(ids: readonly number[], { first, promptTokens }: Pick<Parts, 'first' | 'promptTokens'>): readonly TokenizedText[] {
    const own = ids.length - first - this.closing.length;
    return tokenWindows(own, this.roomBehind(first)).map(({ start, end }) => {
      const window = new Int32Array([...ids.slice(0, first), ...ids.slice(first + start, first + end), ...this.closing]);
      return this.tokenized(window, { first, promptTokens, inputTokens: window.length });
    });
  }

  private tokenized(ids: Int32Array, { first, promptTokens, inputTokens }: Parts): TokenizedText {
    const ownTokens = Math.max(0, ids.length - first - this.closing.length);
    return { ids, tokens: ids.length, inputTokens, ownTokens, promptTokens };
  }

  /** How many tokens of a text the model can read after the first ones, which are those before every text and of the prompt. */
  private roomBehind(first: number): number {
    return this.files.maxTokens - first - this.closing.length;
  }

  private idsOf(text: string): readonly number[] {
    const whole = this.prepared(text);
    return (this.isOfWords ? this.joined(whole) : undefined) ?? this.tokenizer.encode(whole).ids;
  }

  private joined(text: string, mostNew?: number): readonly number[] | undefined {
    const ids = [...this.opening];
    if (!this.words.appendIdsOf(text, ids, mostNew)) return undefined;
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
  private cut(ids: readonly number[], first: number, cutOff: CutOff): Int32Array {
    const excess = ids.length - this.files.maxTokens;
    const end = ids.length - this.closing.length - excess;
    const from = cutOff === 'start' ? Math.min(first, end) : end;
    return new Int32Array([...ids.slice(0, from), ...ids.slice(from + excess)]);
  }
}

interface Parts {
  /** Tokens before those of the text: the special ones, and those of the prompt. */
  readonly first: number;
  readonly promptTokens: number;
  readonly inputTokens: number;
}
