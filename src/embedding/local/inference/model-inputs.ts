import { Tensor } from 'onnxruntime-node';
import type { Padding } from '../model/card/model-card.js';
import type { OnnxValue } from '../model/onnx/onnx-graph.js';

/** The place of each text in a batch: a row of tokens, filled up to the longest. */
export interface Batch {
  readonly texts: readonly Int32Array[];
  readonly rows: number;
  readonly padding: Padding;
}

export function batchOf(texts: readonly Int32Array[], padding: Padding): Batch {
  return { texts, rows: texts.reduce((longest, { length }) => Math.max(longest, length), 0), padding };
}

/** The place of a text's first token in its row. */
export function firstRow({ rows, padding }: Batch, { length }: Int32Array): number {
  return padding.side === 'left' ? rows - length : 0;
}

/** The value that each input of the graph gets. */
export function feedsOf(batch: Batch, inputs: readonly OnnxValue[]): Record<string, Tensor> {
  return Object.fromEntries(inputs.map((input) => [input.name, feedOf(batch, input)]));
}

function feedOf(batch: Batch, input: OnnxValue): Tensor {
  switch (input.name) {
    case 'input_ids':
      return integers(batch, input, (text, at) => text[at] ?? 0, batch.padding.id);
    case 'attention_mask':
      return integers(batch, input, () => 1, 0);
    case 'position_ids':
      return integers(batch, input, (_, at) => at + batch.padding.positionOffset, Math.max(0, batch.padding.positionOffset - 1));
    case 'token_type_ids':
      return integers(batch, input, () => 0, 0);
    default:
      return emptyPast(batch, input);
  }
}

/** One number for each token, and `filler` for the rest of a row. */
function integers(batch: Batch, { type }: OnnxValue, of: (text: Int32Array, at: number) => number, filler: number): Tensor {
  const { texts, rows } = batch;
  const step = type === 'int64' ? 2 : 1; // the lower half: no number is negative, and processors are little-endian
  const values = new Int32Array(step * texts.length * rows);
  if (filler !== 0) for (let index = 0; index < values.length; index += step) values[index] = filler;
  texts.forEach((text, index) => {
    const from = index * rows + firstRow(batch, text);
    for (let at = 0; at < text.length; at++) values[step * (from + at)] = of(text, at);
  });
  const shape = [texts.length, rows];
  return type === 'int64' ? new Tensor('int64', new BigInt64Array(values.buffer), shape) : new Tensor('int32', values, shape);
}

/** Keys and values of no tokens. */
function emptyPast({ texts }: Batch, { type, shape: [, heads = 0, , size = 0] }: OnnxValue): Tensor {
  const shape = [texts.length, Number(heads), 0, Number(size)];
  return type === 'float16' ? new Tensor('float16', new Uint16Array(0), shape) : new Tensor('float32', new Float32Array(0), shape);
}
