import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { KnownWords } from './known-words.js';
import { PrecompiledMap } from './precompiled-map.js';
import type { CutOff, Reading } from '../../scheduling/embedding-queue.port.js';
import { tokenWindows } from '../../scheduling/token-windows.js';
import type { TokenizedText, TokenizerFiles } from './tokenizer-messages.js';

/** Prompts that were measured: a model has few. */
const MOST_PROMPTS = 100;
/** Characters that Python's str.strip() takes off, with which sentence-transformers prepares texts. */
const SPACE = '\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const LEADING_SPACES = new RegExp(`^[${SPACE}]+`);
const SPACES = new RegExp(`[${SPACE}]`);

/** The tokenizer of a model, on the thread that calls it. */
export class TextTokenizer {
  private readonly tokenizer: Tokenizer;
  /** The special tokens before and after every text, e.g. one [CLS] and one [SEP]. */
  private readonly opening: readonly number[];
  private readonly closing: readonly number[];
  /** Undefined = tokens of this tokenizer may reach over several words. */
  private readonly words: KnownWords | undefined;
  /** Undefined = the tokenizer has none as its first normalisation. */
  private readonly map: PrecompiledMap | undefined;
  private readonly tokensOfPrompt = new Map<string, number>();

  constructor(private readonly files: TokenizerFiles) {
    const { config, map } = withoutMap(readJson(files.folder, 'tokenizer.json'));
    this.map = map;
    this.tokenizer = new Tokenizer(config, readJson(files.folder, 'tokenizer_config.json'));
    const plain = this.encode('a');
    const whole = this.tokenizer.encode('a').ids;
    const start = whole.indexOf(plain[0] ?? 0);
    this.opening = whole.slice(0, start);
    this.closing = whole.slice(start + plain.length);
    this.words = isOfWords(config) ? new KnownWords((text) => this.encode(text)) : undefined;
  }

  /** The text in one piece, or in windows if that is asked for. */
  tokenize(text: string, { fit, prompt }: Reading): readonly TokenizedText[] {
    const whole = this.prepared(prompt + text);
    const ids = this.words === undefined ? this.tokenizer.encode(whole).ids : this.joined(whole, this.words);
    const promptTokens = prompt === '' ? 0 : this.promptTokens(prompt);
    const first = Math.max(promptTokens, this.opening.length);
    const isTooLong = ids.length > this.files.maxTokens;
    if (fit === 'windows' && isTooLong && this.roomBehind(first) > 0) return this.windows(ids, { first, promptTokens });
    const kept = isTooLong ? this.cut(ids, first, fit === 'start' ? 'start' : 'end') : new Int32Array(ids);
    return [this.tokenized(kept, { first, promptTokens, inputTokens: ids.length })];
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

  /** Tokens of a text that the model can read behind these many first ones. */
  private roomBehind(first: number): number {
    return this.files.maxTokens - first - this.closing.length;
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

  /** As sentence-transformers prepares texts. */
  private prepared(text: string): string {
    // To a tokenizer of words, spaces around a text are nothing.
    const stripped = this.words === undefined ? withoutTrailingSpaces(text.replace(LEADING_SPACES, '')) : text;
    const cased = this.files.lowerCase ? stripped.toLowerCase() : stripped;
    return this.map === undefined ? cased : this.map.normalize(cased);
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

/** Not by a pattern, which takes quadratic time for spaces in the middle of a text. */
function withoutTrailingSpaces(text: string): string {
  let end = text.length;
  while (end > 0 && SPACES.test(text[end - 1] ?? '')) end--;
  return text.slice(0, end);
}

interface NormalizerConfig {
  readonly type?: string;
  readonly precompiled_charsmap?: string;
  readonly normalizers?: readonly NormalizerConfig[];
}

interface TokenizerConfig {
  readonly normalizer?: NormalizerConfig | null;
  readonly pre_tokenizer?: { readonly type?: string } | null;
  readonly model?: { readonly type?: string };
  readonly added_tokens?: readonly { readonly content: string }[];
}

/** The configuration for the library without the map, which is applied before the library has the text. */
function withoutMap(config: TokenizerConfig): { readonly config: TokenizerConfig; readonly map: PrecompiledMap | undefined } {
  const { normalizer } = config;
  const [first, ...rest] = normalizer?.type === 'Sequence' ? (normalizer.normalizers ?? []) : [normalizer ?? {}];
  if (first?.type !== 'Precompiled' || !first.precompiled_charsmap) return { config, map: undefined };
  const remaining = rest.length === 0 ? null : { type: 'Sequence', normalizers: rest };
  return { config: { ...config, normalizer: remaining }, map: new PrecompiledMap(first.precompiled_charsmap) };
}

/** BERT's tokenizers cut a text at spaces before they look at more than one character, so no token reaches over a space. */
function isOfWords({ normalizer, pre_tokenizer, model, added_tokens = [] }: TokenizerConfig): boolean {
  const isBert = normalizer?.type === 'BertNormalizer' && pre_tokenizer?.type === 'BertPreTokenizer' && model?.type === 'WordPiece';
  return isBert && added_tokens.every(({ content }) => !/\s/.test(content));
}

function readJson(folder: string, name: string): TokenizerConfig {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as TokenizerConfig;
}
