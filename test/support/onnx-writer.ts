/** ONNX models as bytes, for tests that make their own (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */
import { encodeNode, encodeOpset, encodeTensorHead } from '../../src/embedding/local/model/onnx/onnx-encoding.js';
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
  /** Undefined = as the values are. */
  readonly type?: OnnxType;
}

export interface WrittenValue {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly (number | string)[];
}

export interface WrittenNode {
  readonly op: string;
  /** Undefined = ONNX's own. */
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whole numbers. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
  readonly floats?: Readonly<Record<string, number>>;
}

export interface WrittenGraph {
  readonly inputs: readonly WrittenValue[];
  readonly outputs: readonly WrittenValue[];
  readonly nodes: readonly WrittenNode[];
  readonly weights: readonly WrittenTensor[];
  readonly opset?: number;
}

const IR_VERSION = 8;
const OPSET = 17;

export function onnxModel({ inputs, outputs, nodes, weights, opset = OPSET }: WrittenGraph): Buffer {
  const graph = [
    ...nodes.map((node) => message(1, nodeOf(node))),
    message(2, 'test'),
    ...weights.map((tensor) => message(5, tensorOf(tensor))),
    ...inputs.map((value) => message(11, valueOf(value))),
    ...outputs.map((value) => message(12, valueOf(value))),
  ];
  const domains = new Set(nodes.flatMap(({ domain }) => domain ?? []));
  const opsets = [encodeOpset('', opset), ...[...domains].map((domain) => encodeOpset(domain, 1))];
  return Buffer.concat([number(1, IR_VERSION), message(7, Buffer.concat(graph)), ...opsets.map((each) => message(8, each))]);
}

export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function nodeOf({ op, floats = {}, ...node }: WrittenNode): Buffer {
  return Buffer.concat([
    encodeNode({ operator: op, ...node }),
    ...Object.entries(floats).map(([name, value]) => message(5, floatAttribute(name, value))),
  ]);
}

function floatAttribute(name: string, value: number): Buffer {
  const FLOAT = 1; // AttributeProto.AttributeType
  const field = Buffer.from([2 * 8 + 5, 0, 0, 0, 0]);
  field.writeFloatLE(value, 1);
  return Buffer.concat([message(1, name), field, number(20, FLOAT)]);
}

function tensorOf({ name, shape, values, location, type: given }: WrittenTensor): Buffer {
  const type = ONNX_TYPE[given ?? (values instanceof Float32Array ? 'float' : values instanceof Uint16Array ? 'bfloat16' : 'int64')];
  const tensor = { name, shape, type, byteLength: values.byteLength };
  if (location !== undefined) return encodeTensorHead(tensor, { location, offset: 0 });
  return Buffer.concat([encodeTensorHead(tensor), bytesOf(values)]);
}

function valueOf({ name, type, shape }: WrittenValue): Buffer {
  const dimensions = shape.map((size) => message(1, typeof size === 'number' ? number(1, size) : message(2, size)));
  const tensor = Buffer.concat([number(1, ONNX_TYPE[type]), message(2, Buffer.concat(dimensions))]);
  return Buffer.concat([message(1, name), message(2, message(1, tensor))]);
}
