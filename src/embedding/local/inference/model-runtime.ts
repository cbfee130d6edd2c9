import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { basename, dirname } from 'node:path';
import type { CardGraph, ModelCard } from '../model/card/model-card.js';
import { castName, withCastOutput } from '../model/onnx/cast-output.js';
import { withMappedWeights } from '../model/onnx/mapped-weights.js';
import { float32OfHalves } from '../number-formats.js';
import { Head, writeUnit } from './head.js';
import { batchOf, feedsOf, firstRow, type Batch } from './model-inputs.js';

/** One thread waits for no other. Several wait by spinning, which is faster than sleep, but only during a run. */
function sessionOptions(threads: number, more: Readonly<Record<string, string>> = {}): InferenceSession.SessionOptions {
  const isAlone = threads === 1;
  return {
    executionProviders: ['cpu'],
    logSeverityLevel: 3, // errors only: warnings about a graph say nothing to an operator
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableMemPattern: false,
    extra: { session: { intra_op: { allow_spinning: isAlone ? '0' : '1' }, force_spinning_stop: isAlone ? '0' : '1', ...more } },
  };
}

/** Token ids that every vocabulary has. The second row is shorter, so that padding is probed too. */
const PROBE = [Int32Array.from({ length: 24 }, (_, index) => 101 + index), Int32Array.from({ length: 9 }, (_, index) => 101 + index)];

const LONG_PROBE_TOKENS = 128;

function longProbe(maxTokens: number): Int32Array {
  return Int32Array.from({ length: Math.min(maxTokens, LONG_PROBE_TOKENS) }, (_, index) => 101 + index);
}

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
  static async load(card: ModelCard, threads = 1): Promise<ModelRuntime> {
    const session = await openSession(card.graph, threads);
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

  /** Whether another runtime of the same model gives the same bits. */
  async givesTheBitsOf(runtime: ModelRuntime): Promise<boolean> {
    const probes = [...PROBE, longProbe(this.card.maxTokens)];
    for (const probe of probes) {
      const [mine, its] = [await this.run([probe]), await runtime.run([probe])];
      if (!mine.vectors.every((value, at) => value === its.vectors[at])) return false;
    }
    return true;
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  /** Writes the vector of a text to `unit`; returns its length before. */
  private vectorOf(batch: Batch, { text, index, first }: PlacedText, states: Float32Array, unit: Float32Array): number {
    const { size } = this.card.graph;
    if (this.head === undefined) return writeUnit(states.subarray(index * size, (index + 1) * size), 1, unit);
    const from = (index * batch.rows + firstRow(batch, text)) * size;
    return this.head.apply({ values: states.subarray(from, from + text.length * size), size, first }, unit);
  }

  private async output(batch: Batch): Promise<Tensor> {
    const { inputs, size, gives } = this.card.graph;
    const output = outputOf(this.card.graph);
    const outputs: Readonly<Record<string, Tensor | undefined>> = await this.session.run(feedsOf(batch, inputs), [output]);
    const tensor = outputs[output];
    const expected = gives === 'sentence' ? [batch.texts.length, size] : [batch.texts.length, batch.rows, size];
    if (tensor?.dims.join() === expected.join()) return tensor;
    throw new Error(
      `the graph gives ${output} of the shape ${tensor?.dims.join(' x ')}, where ${expected.join(' x ')} follows from config.json`,
    );
  }
}

function outputOf({ output, mustBeCast }: CardGraph): string {
  return mustBeCast ? castName(output) : output;
}

/** Rejects with one line that names the file. */
async function openSession({ file, output, mustBeCast }: CardGraph, threads: number): Promise<InferenceSession> {
  try {
    const graph = mustBeCast ? withCastOutput(file, output) : withMappedWeights(file);
    if (graph === undefined) return await InferenceSession.create(file, sessionOptions(threads));
    return await InferenceSession.create(graph, sessionOptions(threads, filesBeside(file)));
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    const advice = reason.includes('Could not find an implementation') ? ', which it lacks for this type; export the model as float32' : '';
    throw new Error(`ONNX Runtime cannot run ${basename(file)}: ${reason}${advice}`, { cause: error });
  }
}

/** A graph that is not opened by its path does not know where its weights are. */
function filesBeside(file: string): Readonly<Record<string, string>> {
  return { model_external_initializers_file_folder_path: dirname(file) };
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
