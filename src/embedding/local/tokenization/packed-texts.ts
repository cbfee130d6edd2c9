import { concatenated } from '../concatenated.js';
import type { TokenizedText } from './tokenizer-messages.js';

/** Tokenized texts in the form in which they go from one thread to another. An object for each text would cost 30 us. */
export interface PackedTexts {
  /** The ids of all texts, one text after the other. */
  readonly ids: Int32Array;
  readonly lengths: Int32Array;
  readonly inputTokens: Int32Array;
  /** The same for all texts, which have one prompt. */
  readonly promptTokens: number;
}

export function packed(texts: readonly TokenizedText[]): PackedTexts {
  return {
    ids: concatenated(texts.map(({ ids }) => ids)),
    lengths: Int32Array.from(texts, ({ ids }) => ids.length),
    inputTokens: Int32Array.from(texts, ({ inputTokens }) => inputTokens),
    promptTokens: texts[0]?.promptTokens ?? 0,
  };
}

/** The texts share the memory of what was packed. */
export function unpacked({ ids, lengths, inputTokens, promptTokens }: PackedTexts): readonly TokenizedText[] {
  let from = 0;
  return Array.from(lengths, (length, index) => ({
    ids: ids.subarray(from, (from += length)),
    tokens: length,
    inputTokens: inputTokens[index] ?? 0,
    promptTokens,
  }));
}
