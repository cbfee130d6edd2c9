import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import type { CutOff } from './text-messages.js';
import type { TokenizedText, TokenizerFiles } from './tokenizer-messages.js';

/** The tokenizer of a model, on the thread that calls it. */
export class TextTokenizer {
  private readonly tokenizer: Tokenizer;
  private readonly maxTokens: number;
  /** How many special tokens stand before and after every text, e.g. one [CLS] and one [SEP]. */
  private readonly opening: number;
  private readonly closing: number;

  constructor({ folder, maxTokens }: TokenizerFiles) {
    this.tokenizer = new Tokenizer(readJson(folder, 'tokenizer.json'), readJson(folder, 'tokenizer_config.json'));
    this.maxTokens = maxTokens;
    const plain = this.tokenizer.encode('a', { add_special_tokens: false }).ids;
    const whole = this.tokenizer.encode('a').ids;
    this.opening = whole.indexOf(plain[0] ?? 0);
    this.closing = whole.length - (this.opening + plain.length);
  }

  tokenize(text: string, cutOff: CutOff): TokenizedText {
    const { ids } = this.tokenizer.encode(text);
    return { ids: this.cut(ids, cutOff), inputTokens: ids.length };
  }

  /** Keeps the special tokens around the text: the library's own truncation drops the last. */
  private cut(ids: readonly number[], cutOff: CutOff): Int32Array {
    const excess = ids.length - this.maxTokens;
    if (excess <= 0) return Int32Array.from(ids);
    const from = cutOff === 'start' ? this.opening : ids.length - this.closing - excess;
    return Int32Array.from([...ids.slice(0, from), ...ids.slice(from + excess)]);
  }
}

function readJson(folder: string, name: string): object {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as object;
}
