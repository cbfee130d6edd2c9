import { encodeNode, type NewNode } from '../onnx/onnx-encoding.js';

import { FLOAT32, INT64, INT8, UINT8 } from '../onnx/onnx-fields.js';
import type { OnnxNode } from '../onnx/onnx-node.js';
import type { Range } from '../onnx/protobuf-file.js';
import type { PendingTensor } from '../onnx/onnx-tensor.js';

export const MICROSOFT = 'com.microsoft';

type Numbers = Float32Array | BigInt64Array | Int8Array | Uint8Array;
type NodeOptions = Pick<NewNode, 'domain' | 'attributes'>;

interface WrittenNode {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly content: Range | Buffer;
}

/** Collects the nodes and constants of a new graph. */
export class GraphWriter {
  private readonly nodes: WrittenNode[] = [];
  private readonly pending = new Map<string, PendingTensor>();

  get tensors(): readonly PendingTensor[] {
    return [...this.pending.values()];
  }

  keep(node: OnnxNode): void {
    this.nodes.push({ inputs: [...node.inputs, ...node.captured], outputs: node.outputs, content: node });
  }

  /** The nodes without which these outputs cannot be computed, and the names of all values that they read. */
  needed(outputs: readonly string[]): { readonly nodes: readonly (Range | Buffer)[]; readonly names: ReadonlySet<string> } {
    const names = new Set(outputs);
    const nodes: (Range | Buffer)[] = [];
    for (const node of [...this.nodes].reverse()) {
      if (!node.outputs.some((output) => names.has(output))) continue;
      for (const input of node.inputs) names.add(input);
      nodes.push(node.content);
    }
    return { nodes: nodes.reverse(), names };
  }

  /** Adds a node with one output, and returns the name of that output. */
  node(operator: string, inputs: readonly string[], output: string, options: NodeOptions = {}): string {
    this.nodes.push({ inputs, outputs: [output], content: encodeNode({ operator, inputs, outputs: [output], ...options }) });
    return output;
  }

  /** Adds a constant, unless it is there, and returns its name. */
  constant(name: string, numbers: Numbers, shape: readonly number[] = [numbers.length]): string {
    return this.tensor({ name, shape, type: typeOf(numbers), byteLength: numbers.byteLength, numbers: () => bytesOf(numbers) });
  }

  /** The same for a constant that is made when it is written. */
  tensor(tensor: PendingTensor): string {
    if (!this.pending.has(tensor.name)) this.pending.set(tensor.name, tensor);
    return tensor.name;
  }
}

function typeOf(numbers: Numbers): number {
  if (numbers instanceof Float32Array) return FLOAT32;
  if (numbers instanceof BigInt64Array) return INT64;
  return numbers instanceof Int8Array ? INT8 : UINT8;
}

export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
