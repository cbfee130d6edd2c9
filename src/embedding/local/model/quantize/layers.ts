import type { OnnxDocument } from '../onnx/onnx-document.js';
import type { OnnxNode } from '../onnx/onnx-node.js';
import { transpose, type Constants } from './constants.js';
import type { NamedMatrix } from './int8-weights.js';

/** Operators that hold most of the weights of a model. */
const OPERATORS = ['MatMul', 'Gemm', 'FusedMatMul', 'FusedGemm', 'Attention', 'MultiHeadAttention', 'Conv', 'LSTM', 'GRU'];

/** A node that multiplies an activation with a constant matrix. */
export interface Layer {
  /** The activation. */
  readonly input: string;
  readonly weight: NamedMatrix;
  readonly output: string;
  /** Multiplies the product. */
  readonly factor: number;
  /** The bias that the node itself adds to the product; empty = none. */
  readonly bias: string;
  readonly biasFactor: number;
}

/** The layer that a node is. A text = why it cannot be converted; undefined = it has no constant weights. */
export function layerOf(node: OnnxNode, constants: Constants): Layer | string | undefined {
  const [input = '', name = '', bias = ''] = node.inputs;
  if (!OPERATORS.includes(node.operator) || !node.inputs.some((value) => constants.isConstant(value))) return undefined;
  const form = formOf(node);
  if (typeof form === 'string') return form;
  if (constants.isConstant(input)) return 'its first input is a constant';
  const matrix = constants.matrix(name);
  if (matrix === undefined) return constants.isConstant(name) ? 'its weights are no matrix of float32' : undefined;
  const weight = { ...(form.isTransposed ? transpose(matrix) : matrix), name: form.isTransposed ? `${name}/transposed` : name };
  return { input, weight, output: node.outputs[0] ?? '', factor: form.factor, bias, biasFactor: form.biasFactor };
}

/** All layers of a model that can be converted, in the order in which they run. */
export function layersOf({ nodes }: OnnxDocument, constants: Constants): readonly Layer[] {
  return nodes.map((node) => layerOf(node, constants)).filter((layer) => typeof layer === 'object');
}

interface LayerForm {
  readonly isTransposed: boolean;
  readonly factor: number;
  readonly biasFactor: number;
}

/** How a layer multiplies; a text = why it cannot be converted. */
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
