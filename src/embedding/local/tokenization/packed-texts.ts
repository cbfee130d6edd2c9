import { concatenated } from '../concatenated.js';
import type { TokenizedText } from './tokenizer-messages.js';

/** Tokenized texts in the form in which they go from one thread to another. An object for each text would cost 30 us. */
export interface PackedTexts {
  /** How many windows each text has. */
  readonly windows: Int32Array;
  /** The ids of all windows, one window after the other. */
  readonly ids: Int32Array;
  readonly lengths: Int32Array;
  readonly inputTokens: Int32Array;
  readonly ownTokens: Int32Array;
  /** The same for all texts, which have one prompt. */
  readonly promptTokens: number;
}

export function packed(texts: readonly (readonly TokenizedText[])[]): PackedTexts {
  const windows = texts.flat();
  return {
    windows: Int32Array.from(texts, ({ length }) => length),
    ids: concatenated(windows.map(({ ids }) => ids)),
    lengths: Int32Array.from(windows, ({ ids }) => ids.length),
    inputTokens: Int32Array.from(windows, ({ inputTokens }) => inputTokens),
    ownTokens: Int32Array.from(windows, ({ ownTokens }) => ownTokens),
    promptTokens: windows[0]?.promptTokens ?? 0,
  };
}

/** The texts share the memory of what was packed. */
export function unpacked({
  windows,
  ids,
  lengths,
  inputTokens,
  ownTokens,
  promptTokens,
}: PackedTexts): readonly (readonly TokenizedText[])[] {
  let from = 0;
  const all = Array.from(lengths, (length, index) => ({
    ids: ids.subarray(from, (from += length)),
    tokens: length,
    inputTokens: inputTokens[index] ?? 0,
    ownTokens: ownTokens[index] ?? 0,
    promptTokens,
  }));
  let next = 0;
  return Array.from(windows, (count) => all.slice(next, (next += count)));
}
