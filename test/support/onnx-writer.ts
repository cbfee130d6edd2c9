/** ONNX models as bytes, for tests that make their own (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */
import { messageField as message, numberField as number } from '../../src/embedding/local/model/onnx/protobuf-writer.js';

export const ONNX_TYPE = { float: 1, int32: 6, int64: 7, float16: 10, bfloat16: 16 } as const;
export type OnnxType = keyof typeof ONNX_TYPE;

interface WrittenTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Halves of words are bfloat16. */
  readonly values: Float32Array | BigInt64Array | Uint16Array;
  /** The values are in this file beside the model, not in it. */
  readonly location?: string;
}

export interface WrittenValue {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly (number | string)[];
}

export interface WrittenNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whole numbers. */
  readonly attributes?: Readonly<Record<string, number>>;
}

export interface WrittenGraph {
  readonly inputs: readonly WrittenValue[];
  readonly outputs: readonly WrittenValue[];
  readonly nodes: readonly WrittenNode[];
  readonly weights: readonly WrittenTensor[];
}

const IR_VERSION = 8;
const OPSET = 17;

export function onnxModel({ inputs, outputs, nodes, weights }: WrittenGraph): Buffer {
  const graph = [
    ...nodes.map((node) => message(1, nodeOf(node))),
    message(2, 'test'),
    ...weights.map((tensor) => message(5, tensorOf(tensor))),
    ...inputs.map((value) => message(11, valueOf(value))),
    ...outputs.map((value) => message(12, valueOf(value))),
  ];
  const opset = Buffer.concat([message(1, ''), number(2, OPSET)]);
  return Buffer.concat([number(1, IR_VERSION), message(7, Buffer.concat(graph)), message(8, opset)]);
}

export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function nodeOf({ op, inputs, outputs, attributes = {} }: WrittenNode): Buffer {
  const INT = 2; // AttributeProto.AttributeType
  return Buffer.concat([
    ...inputs.map((name) => message(1, name)),
    ...outputs.map((name) => message(2, name)),
    message(4, op),
    ...Object.entries(attributes).map(([name, value]) => message(5, Buffer.concat([message(1, name), number(3, value), number(20, INT)]))),
  ]);
}

function tensorOf({ name, shape, values, location }: WrittenTensor): Buffer {
  const EXTERNAL = 1;
  const type = ONNX_TYPE[values instanceof Float32Array ? 'float' : values instanceof Uint16Array ? 'bfloat16' : 'int64'];
  const head = [...shape.map((size) => number(1, size)), number(2, type), message(8, name)];
  if (location === undefined) return Buffer.concat([...head, message(9, bytesOf(values))]);
  const entry = Buffer.concat([message(1, 'location'), message(2, location)]);
  return Buffer.concat([...head, message(13, entry), number(14, EXTERNAL)]);
}

function valueOf({ name, type, shape }: WrittenValue): Buffer {
  const dimensions = shape.map((size) => message(1, typeof size === 'number' ? number(1, size) : message(2, size)));
  const tensor = Buffer.concat([number(1, ONNX_TYPE[type]), message(2, Buffer.concat(dimensions))]);
  return Buffer.concat([message(1, name), message(2, message(1, tensor))]);
}
