import type { OnnxDocument } from '../onnx/onnx-document.js';
import { FLOAT32 } from '../onnx/onnx-fields.js';
import type { OnnxNode } from '../onnx/onnx-node.js';
import { isFloat, type OnnxTensor } from '../onnx/onnx-tensor.js';
import type { Matrix } from './int8-weights.js';

/** Finds the constants of a graph, also those that exporters put behind Transpose, Cast and Identity. */
export class Constants {
  private readonly producers = new Map<string, OnnxNode>();

  constructor(private readonly document: OnnxDocument) {
    for (const node of document.nodes) for (const output of node.outputs) this.producers.set(output, node);
  }

  /** A constant matrix that nodes see as float32; undefined = the value is none. */
  matrix(name: string): Matrix | undefined {
    const tensor = this.tensor(name);
    if (tensor !== undefined) return tensor.type === FLOAT32 ? this.matrixOf(tensor) : undefined;
    const node = this.producers.get(name);
    return node === undefined ? undefined : this.computedMatrix(node);
  }

  private computedMatrix({ operator, inputs: [input = ''], attributes }: OnnxNode): Matrix | undefined {
    switch (operator) {
      case 'Identity':
        return this.matrix(input);
      case 'Cast':
        return attributes.get('to')?.integer === FLOAT32 ? this.castMatrix(input) : undefined;
      case 'Transpose':
        return transposed(this.matrix(input), attributes.get('perm')?.integers ?? [1, 0]);
      default:
        return undefined;
    }
  }

  /** Whether a value is a constant of any shape and type. */
  isConstant(name: string): boolean {
    if (this.tensor(name) !== undefined) return true;
    const node = this.producers.get(name);
    return node !== undefined && ['Identity', 'Cast', 'Transpose'].includes(node.operator) && this.isConstant(node.inputs[0] ?? '');
  }

  private tensor(name: string): OnnxTensor | undefined {
    const node = this.producers.get(name);
    return this.document.initializers.get(name) ?? (node?.operator === 'Constant' ? node.attributes.get('value')?.tensor : undefined);
  }

  private castMatrix(name: string): Matrix | undefined {
    const tensor = this.tensor(name);
    return tensor === undefined ? undefined : this.matrixOf(tensor);
  }

  private matrixOf(tensor: OnnxTensor): Matrix | undefined {
    const [rows, columns, ...more] = tensor.shape;
    if (rows === undefined || columns === undefined || more.length > 0 || !isFloat(tensor)) return undefined;
    return { rows, columns, isTransposed: false, numbers: () => this.document.numbers.floats(tensor) };
  }
}

function transposed(matrix: Matrix | undefined, order: readonly number[]): Matrix | undefined {
  return matrix === undefined || order[0] !== 1 ? matrix : transpose(matrix);
}

/** A matrix with its rows as columns. */
export function transpose(matrix: Matrix): Matrix {
  return { ...matrix, rows: matrix.columns, columns: matrix.rows, isTransposed: !matrix.isTransposed };
}
