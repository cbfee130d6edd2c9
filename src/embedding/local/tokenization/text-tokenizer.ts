import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { KnownWords } from './known-words.js';
import { PrecompiledMap } from './precompiled-map.js';
import type { Reading } from '../../scheduling/embedding-queue.port.js';
import type { TokenizedText, TokenizerFiles } from './tokenizer-messages.js';

/** Prompts that were measured: a model has few. */
const MOST_PROMPTS = 100;
/** Characters that Python's str.strip() removes. sentence-transformers strips texts with it. */
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

  /** As sentence-transformers prepares texts. */
  private prepared(text: string): string {
    // A tokenizer of words ignores spaces around a text.
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
  private cutFrom(ids: readonly number[], first: number, cutOff: Reading['cutOff']): number {
    const excess = ids.length - this.files.maxTokens;
    const end = ids.length - this.closing.length - excess;
    return cutOff === 'start' ? Math.min(first, end) : end;
  }
}

/** Removes this many ids from there on; none if the excess is zero or negative. */
function cut(ids: readonly number[], { excess, from }: { readonly excess: number; readonly from: number }): Int32Array {
  if (excess <= 0) return new Int32Array(ids);
  return new Int32Array([...ids.slice(0, from), ...ids.slice(from + excess)]);
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
