import { basename, dirname } from 'node:path';
import { AutoModel, env } from '@xenova/transformers';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import type { Pooling } from '../../../config/index.js';
import type { ModelFiles } from './worker-messages.js';

/** One thread: there is a process per core (docs/decisions/0002-inference-processes.md). */
const SESSION_OPTIONS = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  enableMemPattern: false,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
};
const INPUTS = ['input_ids', 'attention_mask', 'token_type_ids'];
/** Token ids that every vocabulary has. The second row is shorter, so that padding is probed too. */
const PROBE = [Int32Array.from({ length: 24 }, (_, index) => 101 + index), Int32Array.from({ length: 9 }, (_, index) => 101 + index)];

/** The model in this process: token ids in, vectors of length one out. */
export class ModelRuntime {
  private constructor(
    private readonly session: InferenceSession,
    private readonly pooling: Pooling,
    readonly dimensions: number,
  ) {}

  static async load({ folder, dtype, pooling }: ModelFiles): Promise<ModelRuntime> {
    env.allowRemoteModels = false;
    env.localModelPath = dirname(folder);
    const model = await AutoModel.from_pretrained(basename(folder), {
      dtype: dtype as 'q8',
      device: 'cpu',
      local_files_only: true,
      session_options: SESSION_OPTIONS,
    });
    // Asked without the library in between, which takes as long for a text as its pooling does.
    const session = model.sessions['model'] as InferenceSession | undefined;
    if (session === undefined) throw new Error('the model is not one ONNX file');
    const hidden = await lastHiddenState(session, PROBE.slice(0, 1));
    return new ModelRuntime(session, pooling, dimension(hidden, 2));
  }

  /** One vector after the other, in the order of `texts`. */
  async run(texts: readonly Int32Array[]): Promise<Float32Array<ArrayBuffer>> {
    const hidden = await lastHiddenState(this.session, texts);
    const rows = dimension(hidden, 1);
    const states = hidden.data as Float32Array;
    const vectors = new Float32Array(texts.length * this.dimensions);
    texts.forEach((ids, index) => {
      const size = this.dimensions;
      const from = index * rows * size;
      const pooled = this.pooling === 'cls' ? 1 : ids.length;
      meanOfRows(states.subarray(from, from + pooled * size), vectors.subarray(index * size, (index + 1) * size));
    });
    hidden.dispose();
    return vectors;
  }

  /**
   * Whether a text gets the same bits alone as beside a longer one. The usual int8 models do not have that property
   * (one activation scale for the whole batch): their texts must run one at a time, or a cache would hold what chance made.
   */
  async isBatchInvariant(): Promise<boolean> {
    const together = await this.run(PROBE);
    const alone = await Promise.all(PROBE.map((ids) => this.run([ids])));
    return alone.every((vector, index) => vector.every((value, at) => value === together[index * this.dimensions + at]));
  }
}

async function lastHiddenState(session: InferenceSession, texts: readonly Int32Array[]): Promise<Tensor> {
  const unknown = session.inputNames.filter((name) => !INPUTS.includes(name));
  if (unknown.length > 0) throw new Error(`the model asks for ${unknown.join(', ')}, which a text does not give`);
  const output = (await session.run(feedsOf(texts, session.inputNames))) as Record<string, Tensor | undefined>;
  const hidden = output['last_hidden_state'] ?? output['token_embeddings'];
  if (hidden === undefined) throw new Error(`the model has no last_hidden_state; its outputs are ${Object.keys(output).join(', ')}`);
  return hidden;
}

/** Token ids padded to the longest text, as the int64 that models take. */
function feedsOf(texts: readonly Int32Array[], names: readonly string[]): Record<string, Tensor> {
  const rows = texts.reduce((longest, { length }) => Math.max(longest, length), 0);
  const [ids, mask] = [new Int32Array(2 * texts.length * rows), new Int32Array(2 * texts.length * rows)];
  texts.forEach((text, index) => {
    const from = 2 * index * rows;
    for (let at = 0; at < text.length; at++) {
      ids[from + 2 * at] = text[at] ?? 0; // the lower half: an id is never negative, and processors are little-endian
      mask[from + 2 * at] = 1;
    }
  });
  const values: Record<string, Int32Array<ArrayBuffer>> = { input_ids: ids, attention_mask: mask };
  const none = new Int32Array(ids.length);
  return Object.fromEntries(
    names.map((name) => [name, new Tensor('int64', new BigInt64Array((values[name] ?? none).buffer), [texts.length, rows])]),
  );
}

function dimension(tensor: Tensor, axis: number): number {
  return tensor.dims[axis] ?? 0;
}

/** The mean of rows, scaled to length one (L2); `mean` comes zeroed. Summed in one order, so the same bits each time. */
function meanOfRows(rows: Float32Array, mean: Float32Array): void {
  const size = mean.length;
  const sums = new Float64Array(size);
  for (let row = 0; row < rows.length; row += size) {
    for (let at = 0; at < size; at++) sums[at] = (sums[at] ?? 0) + (rows[row + at] ?? 0);
  }
  let squares = 0;
  for (const sum of sums) squares += sum * sum;
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  for (let at = 0; at < size; at++) mean[at] = (sums[at] ?? 0) * scale;
}
