import { OnnxDocument } from '../onnx/onnx-document.js';
import type { OnnxNode } from '../onnx/onnx-node.js';
import type { OnnxTensor } from '../onnx/onnx-tensor.js';
import type { Range } from '../onnx/protobuf-file.js';
import { writeOnnx, type PendingTensor } from '../onnx/write-onnx.js';
import { Constants, transpose } from './constants.js';
import { GraphWriter, MICROSOFT } from './graph-writer.js';
import { RowwiseLayers } from './rowwise-layers.js';

/** Protobuf ends at 2 GiB: weights beyond that lie in a file beside the model. */
const MOST_BYTES = 1_900_000_000;
/** Below it, operators that the new layers need are missing. */
const LEAST_OPSET = 11;
/** Smaller tables gain nothing. */
const LEAST_TABLE_ROWS = 5_000;
/** Layers that hold most of the weights of a model. */
const LAYERS = ['MatMul', 'Gemm', 'FusedMatMul', 'FusedGemm', 'Attention', 'MultiHeadAttention', 'Conv', 'LSTM', 'GRU'];

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

/**
 * Writes an fp32 model whose layers compute with int8 weights (a scale for each column) and uint8 activations (a scale for
 * each row). Rejects with the reason if the file is no such model.
 */
export async function quantizeOnnx(
  source: string,
  target: string,
  onProgress: QuantizeProgress,
  { mostBytes = MOST_BYTES } = {},
): Promise<Quantized> {
  const document = new OnnxDocument(source);
  try {
    const opset = document.opsets.get('') ?? 0;
    if (opset < LEAST_OPSET) throw new Error(`it is of opset ${opset}; supported are ${LEAST_OPSET} and later`);
    return await new Rewriting(document, opset).write(target, { onProgress, mostBytes });
  } finally {
    document.close();
  }
}

interface WriteOptions {
  readonly onProgress: QuantizeProgress;
  readonly mostBytes: number;
}

class Rewriting {
  private readonly graph = new GraphWriter();
  private readonly layers: RowwiseLayers;
  private readonly constants: Constants;
  private readonly counts = { layers: 0, tables: 0 };
  private readonly left: string[] = [];

  constructor(
    private readonly document: OnnxDocument,
    opset: number,
  ) {
    this.layers = new RowwiseLayers(this.graph, opset);
    this.constants = new Constants(document);
  }

  async write(target: string, { onProgress, mostBytes }: WriteOptions): Promise<Quantized> {
    const { document, graph, counts, left } = this;
    for (const node of document.nodes) this.rewrite(node);
    if (counts.layers === 0) throw new Error(`it has no layer that can be converted: ${left[0] ?? 'none has constant float32 weights'}`);
    const { nodes, names } = graph.needed(document.outputs);
    const kept = [...document.initializers.values()].filter(({ name }) => names.has(name));
    const inputs = document.inputs.filter(({ name }) => names.has(name) || !document.initializers.has(name));
    await writeOnnx(
      document,
      {
        nodes,
        tensors: [...kept.map((tensor) => this.keptTensor(tensor)), ...counted(graph.tensors, onProgress)],
        rest: [...document.graphRest, ...inputs],
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
    const reason = this.rewriteLayer(node);
    if (reason === undefined) {
      this.counts.layers++;
      return;
    }
    this.graph.keep(node);
    if (reason !== '') this.left.push(`${node.operator} ${node.name === '' ? (node.outputs[0] ?? '') : node.name} (${reason})`);
  }

  /** Rewrites a table of embeddings; false = the node is none. */
  private isTable({ operator, inputs, outputs, attributes }: OnnxNode): boolean {
    const [name = '', ids = ''] = inputs;
    const table = operator === 'Gather' && (attributes.get('axis')?.integer ?? 0) === 0 ? this.constants.matrix(name) : undefined;
    if (table === undefined || table.isTransposed || table.rows <= LEAST_TABLE_ROWS) return false;
    this.layers.lookup({ ...table, name }, ids, outputs[0] ?? '');
    return true;
  }

  /** Rewrites a layer; otherwise the reason why it is left, empty for a node that is no layer with weights. */
  private rewriteLayer(node: OnnxNode): string | undefined {
    const [input = '', name = '', bias = ''] = node.inputs;
    if (!LAYERS.includes(node.operator) || !node.inputs.some((value) => this.constants.isConstant(value))) return '';
    const form = formOf(node);
    if (typeof form === 'string') return form;
    if (this.constants.isConstant(input)) return 'its first input is a constant';
    const matrix = this.constants.matrix(name);
    if (matrix === undefined) return this.constants.isConstant(name) ? 'its weights are no matrix of float32' : '';
    const [output = ''] = node.outputs;
    const weight = { ...(form.isTransposed ? transpose(matrix) : matrix), name: form.isTransposed ? `${name}/transposed` : name };
    if (bias === '') this.layers.linear(input, weight, output, form.factor);
    else this.addBias(bias, form.biasFactor, (product) => this.layers.linear(input, weight, product, form.factor), output);
    return undefined;
  }

  private addBias(bias: string, factor: number, multiply: (product: string) => void, output: string): void {
    const { graph } = this;
    const product = `${output}/rowwise/product`;
    multiply(product);
    const scaled =
      factor === 1
        ? bias
        : graph.node('Mul', [bias, graph.constant(`rowwise/factor_${factor}`, Float32Array.of(factor))], `${output}/rowwise/bias`);
    graph.node('Add', [product, scaled], output);
  }

  /** Numbers in a file beside the model are taken into the new one. */
  private keptTensor(tensor: OnnxTensor): Range | PendingTensor {
    if (tensor.content.kind !== 'external') return tensor;
    const { numbers } = this.document;
    return { ...tensor, byteLength: numbers.byteLength(tensor), numbers: () => numbers.bytes(tensor) };
  }
}

interface LayerForm {
  readonly isTransposed: boolean;
  /** Multiplies the product. */
  readonly factor: number;
  readonly biasFactor: number;
}

/** How a layer multiplies; a text = why it cannot be rewritten. */
function formOf({ operator, attributes }: OnnxNode): LayerForm | string {
  const isSet = (name: string): boolean => (attributes.get(name)?.integer ?? 0) !== 0;
  const factor = attributes.get('alpha')?.float ?? 1;
  switch (operator) {
    case 'MatMul':
      return { isTransposed: false, factor: 1, biasFactor: 1 };
    case 'Gemm':
      if (isSet('transA')) return 'it transposes its input';
      return { isTransposed: isSet('transB'), factor, biasFactor: attributes.get('beta')?.float ?? 1 };
    case 'FusedMatMul':
      if (['transA', 'transBatchA', 'transBatchB'].some(isSet)) return 'it transposes its input';
      return { isTransposed: isSet('transB'), factor, biasFactor: 1 };
    default:
      return 'this kind of layer is not converted';
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
