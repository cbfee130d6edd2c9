import { InferenceSession, type Tensor } from 'onnxruntime-node';
import type { ModelCard } from '../model/card/model-card.js';
import { float32OfHalves } from '../number-formats.js';
import { Head, writeUnit } from './head.js';
import { batchOf, feedsOf, firstRow, type Batch } from './model-inputs.js';

/** One thread: there is a process per core (docs/decisions/0002-inference-processes.md). */
const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  logSeverityLevel: 3, // errors only: warnings about a graph say nothing to an operator
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  enableMemPattern: false,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
};
/** Token ids that every vocabulary has. The second row is shorter, so that padding is probed too. */
const PROBE = [Int32Array.from({ length: 24 }, (_, index) => 101 + index), Int32Array.from({ length: 9 }, (_, index) => 101 + index)];

export interface TextVectors {
  /** Each of length one, one after the other, in the order of the texts. */
  readonly vectors: Float32Array<ArrayBuffer>;
  /** Their lengths before they were scaled. */
  readonly lengths: Float32Array<ArrayBuffer>;
}

/** The model in this process: token ids in, vectors out. */
export class ModelRuntime {
  private constructor(
    private readonly session: InferenceSession,
    private readonly card: ModelCard,
    /** Undefined = the graph gives the vectors of whole texts. */
    private readonly head: Head | undefined,
  ) {}

  /** Rejects with the reason when the model cannot be loaded, or gives something else than its card says. */
  static async load(card: ModelCard): Promise<ModelRuntime> {
    const session = await InferenceSession.create(card.graph.file, SESSION_OPTIONS);
    const head = card.graph.gives === 'sentence' ? undefined : new Head(card.head);
    const runtime = new ModelRuntime(session, card, head);
    await runtime.run(PROBE.slice(0, 1));
    return runtime;
  }

  /** @param promptTokens How many of each text's first tokens are of its prompt, where the pooling leaves these out. */
  async run(texts: readonly Int32Array[], promptTokens?: Int32Array): Promise<TextVectors> {
    const batch = batchOf(texts, this.card.padding);
    const output = await this.output(batch);
    const states = numbersOf(output);
    const { dimensions } = this.card;
    const vectors = new Float32Array(texts.length * dimensions);
    const lengths = new Float32Array(texts.length);
    texts.forEach((text, index) => {
      const unit = vectors.subarray(index * dimensions, (index + 1) * dimensions);
      lengths[index] = this.vectorOf(batch, { text, index, first: promptTokens?.[index] ?? 0 }, states, unit);
    });
    output.dispose();
    return { vectors, lengths };
  }

  /**
   * Whether a text gets the same bits alone as beside a longer one. The usual int8 models do not have that property,
   * because they have one activation scale for the whole batch. Their texts must run one at a time; otherwise a cached
   * vector would depend on chance.
   */
  async isBatchInvariant(): Promise<boolean> {
    const { dimensions } = this.card;
    const together = (await this.run(PROBE)).vectors;
    const alone = await Promise.all(PROBE.map((ids) => this.run([ids])));
    return alone.every(({ vectors }, index) => vectors.every((value, at) => value === together[index * dimensions + at]));
  }

  /** Writes the vector of a text to `unit`; returns its length before. */
  private vectorOf(batch: Batch, { text, index, first }: PlacedText, states: Float32Array, unit: Float32Array): number {
    const { size } = this.card.graph;
    if (this.head === undefined) return writeUnit(states.subarray(index * size, (index + 1) * size), 1, unit);
    const from = (index * batch.rows + firstRow(batch, text)) * size;
    return this.head.apply({ values: states.subarray(from, from + text.length * size), size, first }, unit);
  }

  private async output(batch: Batch): Promise<Tensor> {
    const { inputs, output, size, gives } = this.card.graph;
    const outputs: Readonly<Record<string, Tensor | undefined>> = await this.session.run(feedsOf(batch, inputs), [output]);
    const tensor = outputs[output];
    const expected = gives === 'sentence' ? [batch.texts.length, size] : [batch.texts.length, batch.rows, size];
    if (tensor?.dims.join() === expected.join()) return tensor;
    throw new Error(
      `the graph gives ${output} of the shape ${tensor?.dims.join(' x ')}, where ${expected.join(' x ')} follows from config.json`,
    );
  }
}

interface PlacedText {
  readonly text: Int32Array;
  /** In the batch. */
  readonly index: number;
  readonly first: number;
}

/** Node 20 shows float16 as the bits in a Uint16Array, Node 24 as a Float16Array. */
function numbersOf({ type, data }: Tensor): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof Uint16Array) return float32OfHalves(data);
  if (type === 'float16') return Float32Array.from(data as unknown as ArrayLike<number>);
  throw new Error(`the graph gives ${type}; supported are float32 and float16`);
}
