import { OnnxDocument } from '../onnx/onnx-document.js';
import type { OnnxNode } from '../onnx/onnx-node.js';
import type { PendingTensor } from '../onnx/onnx-tensor.js';
import { writeOnnx } from '../onnx/write-onnx.js';
import { laterBiases, type LaterBias } from './biases-after-layers.js';
import { Constants } from './constants.js';
import { GraphWriter, MICROSOFT } from './graph-writer.js';
import { layerOf, type Layer } from './layers.js';
import { RowwiseLayers } from './rowwise-layers.js';
import { NO_TUNING, type Tuning } from './tuning.js';

/** Protobuf ends at 2 GiB: weights beyond that lie in a file beside the model. */
export const MOST_BYTES = 1_900_000_000;
/** Below it, operators that the new layers need are missing. */
const LEAST_OPSET = 11;
/** Smaller tables gain nothing. */
const LEAST_TABLE_ROWS = 5_000;

/** Told after each weight, with the share of the weights that are written. */
export type QuantizeProgress = (share: number) => void;

export interface Quantized {
  /** Layers that compute with whole numbers now. */
  readonly layers: number;
  /** Tables of embeddings with a scale for each row. */
  readonly tables: number;
  /** Layers with constant weights that stay as they were, each with the reason. */
  readonly left: readonly string[];
}

export interface QuantizeOptions {
  readonly onProgress: QuantizeProgress;
  readonly tuning?: Tuning;
  readonly mostBytes?: number;
}

/**
 * Writes an fp32 model whose layers compute with int8 weights (a scale for each column) and uint8 activations (a scale for
 * each row). Rejects with the reason if the file is no such model.
 */
export async function quantizeOnnx(source: string, target: string, options: QuantizeOptions): Promise<Quantized> {
  const document = new OnnxDocument(source);
  try {
    const opset = document.opsets.get('') ?? 0;
    if (opset < LEAST_OPSET) throw new Error(`it is of opset ${opset}; supported are ${LEAST_OPSET} and later`);
    return await new Rewriting(document, opset, options.tuning ?? NO_TUNING).write(target, options);
  } finally {
    document.close();
  }
}

class Rewriting {
  private readonly graph = new GraphWriter();
  private readonly layers: RowwiseLayers;
  private readonly constants: Constants;
  private readonly laterBiases: ReadonlyMap<string, LaterBias>;
  /** By the nodes that add them. */
  private readonly correctedBiases = new Map<OnnxNode, string>();
  private readonly counts = { layers: 0, tables: 0 };
  private readonly left: string[] = [];

  constructor(
    private readonly document: OnnxDocument,
    opset: number,
    private readonly tuning: Tuning,
  ) {
    this.layers = new RowwiseLayers(this.graph, opset, tuning);
    this.constants = new Constants(document);
    this.laterBiases = laterBiases(document, this.constants);
  }

  async write(target: string, { onProgress, mostBytes = MOST_BYTES }: QuantizeOptions): Promise<Quantized> {
    const { document, graph, counts, left } = this;
    for (const node of document.nodes) this.rewrite(node);
    if (counts.layers === 0) throw new Error(`it has no layer that can be converted: ${left[0] ?? 'none has constant float32 weights'}`);
    const { nodes, names } = graph.needed(document.outputs.map(({ name }) => name));
    await writeOnnx(
      document,
      {
        nodes,
        tensors: [...document.keptTensors(names), ...counted(graph.tensors, onProgress)],
        outputs: document.outputs,
        inputs: document.keptInputs(names),
        rest: document.graphRest,
        newOpsets: new Map(document.opsets.has(MICROSOFT) ? [] : [[MICROSOFT, 1]]),
      },
      { path: target, mostBytes },
    );
    return { ...counts, left };
  }

  private rewrite(node: OnnxNode): void {
    if (this.isTable(node)) {
      this.counts.tables++;
      return;
    }
    if (this.isCorrectedBias(node)) return;
    const layer = layerOf(node, this.constants);
    if (typeof layer === 'object') {
      this.counts.layers++;
      this.rewriteLayer(layer);
      return;
    }
    this.graph.keep(node);
    if (layer !== undefined) this.left.push(`${node.operator} ${node.name === '' ? (node.outputs[0] ?? '') : node.name} (${layer})`);
  }

  /** Rewrites a node that adds the bias of a layer with a correction; false = the node is none. */
  private isCorrectedBias(node: OnnxNode): boolean {
    const corrected = this.correctedBiases.get(node);
    if (corrected === undefined) return false;
    const inputs = node.inputs.map((name) => (this.constants.isConstant(name) ? corrected : name));
    this.graph.node('Add', inputs, node.outputs[0] ?? '');
    return true;
  }

  /** Rewrites a table of embeddings; false = the node is none. */
  private isTable({ operator, inputs, outputs, attributes }: OnnxNode): boolean {
    const [name = '', ids = ''] = inputs;
    const table = operator === 'Gather' && (attributes.get('axis')?.integer ?? 0) === 0 ? this.constants.matrix(name) : undefined;
    if (table === undefined || table.isTransposed || table.rows <= LEAST_TABLE_ROWS) return false;
    this.layers.lookup({ ...table, name }, ids, outputs[0] ?? '');
    return true;
  }

  private rewriteLayer({ input, weight, output, factor, bias, biasFactor }: Layer): void {
    const addend = this.addendOf(output, bias === '' ? undefined : this.scaled(bias, biasFactor, output));
    const product = addend === undefined ? output : `${output}/rowwise/product`;
    this.layers.linear(input, weight, product, factor);
    if (addend !== undefined) this.graph.node('Add', [product, addend], output);
  }

  /** The bias to add to a product; undefined = none, or the node after the layer adds it. */
  private addendOf(output: string, bias: string | undefined): string | undefined {
    const numbers = this.tuning.corrections.get(output);
    if (numbers === undefined) return bias;
    const correction = this.graph.constant(`${output}/rowwise/correction`, numbers);
    const later = this.laterBiases.get(output);
    if (bias === undefined && later === undefined) return correction;
    // ONNX Runtime adds constants once, when it opens the graph.
    const corrected = this.graph.node('Add', [bias ?? later?.bias ?? '', correction], `${output}/rowwise/corrected_bias`);
    if (bias !== undefined) return corrected;
    if (later !== undefined) this.correctedBiases.set(later.node, corrected);
    return undefined;
  }

  private scaled(bias: string, factor: number, output: string): string {
    if (factor === 1) return bias;
    return this.graph.node(
      'Mul',
      [bias, this.graph.constant(`rowwise/factor_${factor}`, Float32Array.of(factor))],
      `${output}/rowwise/bias`,
    );
  }
}

function counted(tensors: readonly PendingTensor[], onProgress: QuantizeProgress): readonly PendingTensor[] {
  const total = tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  let done = 0;
  return tensors.map((tensor) => ({
    ...tensor,
    numbers: () => {
      const numbers = tensor.numbers();
      done += tensor.byteLength;
      onProgress(done / total);
      return numbers;
    },
  }));
}
