import type { OnnxDocument } from '../onnx/onnx-document.js';
import type { OnnxNode } from '../onnx/onnx-node.js';
import type { Constants } from './constants.js';

/** The bias of a layer, which another node adds. */
export interface LaterBias {
  readonly node: OnnxNode;
  /** The name of the constant. */
  readonly bias: string;
}

/** For each value that has one reader, and that adds a constant: this reader. */
export function laterBiases({ nodes, outputs }: OnnxDocument, constants: Constants): ReadonlyMap<string, LaterBias> {
  const reads = nodes.flatMap(({ inputs, captured }) => [...inputs, ...captured]);
  const readCounts = new Map<string, number>();
  for (const name of [...reads, ...outputs.map((output) => output.name)]) readCounts.set(name, (readCounts.get(name) ?? 0) + 1);
  const biases = new Map<string, LaterBias>();
  for (const node of nodes.filter(({ operator }) => operator === 'Add')) {
    const bias = node.inputs.find((name) => constants.isConstant(name));
    const value = node.inputs.find((name) => name !== bias);
    if (bias !== undefined && value !== undefined && readCounts.get(value) === 1) biases.set(value, { node, bias });
  }
  return biases;
}
