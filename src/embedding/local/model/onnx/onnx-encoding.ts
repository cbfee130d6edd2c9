import {
  ATTRIBUTE,
  ENTRY,
  EXTERNAL_LOCATION,
  INTEGER_ATTRIBUTE,
  INTEGERS_ATTRIBUTE,
  NODE,
  OPSET,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE,
} from './onnx-fields.js';
import { messageField, numberField, varint } from './protobuf-writer.js';

export interface NewNode {
  readonly operator: string;
  /** Undefined = ONNX's own. */
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

export interface NewTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** TensorProto.DataType. */
  readonly type: number;
  readonly byteLength: number;
}

/** The place of a tensor's numbers in a file beside the model. */
export interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
}

/** A NodeProto. */
export function encodeNode({ operator, domain, inputs, outputs, attributes = {} }: NewNode): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => messageField(NODE.input, name)),
    ...outputs.map((name) => messageField(NODE.output, name)),
    messageField(NODE.operator, operator),
    ...Object.entries(attributes).map(([name, value]) => messageField(NODE.attribute, encodeAttribute(name, value))),
    ...(domain === undefined ? [] : [messageField(NODE.domain, domain)]),
  ]);
}

function encodeAttribute(name: string, value: number | readonly number[]): Buffer {
  const numbers =
    typeof value === 'number'
      ? [numberField(ATTRIBUTE.integer, value), numberField(ATTRIBUTE.type, INTEGER_ATTRIBUTE)]
      : [...value.map((number) => numberField(ATTRIBUTE.integers, number)), numberField(ATTRIBUTE.type, INTEGERS_ATTRIBUTE)];
  return Buffer.concat([messageField(ATTRIBUTE.name, name), ...numbers]);
}

/** A TensorProto without its numbers: these follow as they are, unless they lie in a file beside the model. */
export function encodeTensorHead({ name, shape, type, byteLength }: NewTensor, external?: ExternalPlace): Buffer {
  const head = [
    ...shape.map((size) => numberField(TENSOR.dimensions, size)),
    numberField(TENSOR.type, type),
    messageField(TENSOR.name, name),
  ];
  if (external === undefined) return Buffer.concat([...head, startOfField(TENSOR.rawData, byteLength)]);
  const entries = { location: external.location, offset: `${external.offset}`, length: `${byteLength}` };
  return Buffer.concat([
    ...head,
    ...Object.entries(entries).map(([key, value]) =>
      messageField(TENSOR.externalData, Buffer.concat([messageField(ENTRY.key, key), messageField(ENTRY.value, value)])),
    ),
    numberField(TENSOR.location, EXTERNAL_LOCATION),
  ]);
}

/** A ValueInfoProto: an input or an output of a graph, of any shape. */
export function encodeValue(name: string, type: number): Buffer {
  const tensor = messageField(TENSOR_TYPE, numberField(TYPE.element, type));
  return Buffer.concat([messageField(VALUE.name, name), messageField(VALUE.type, tensor)]);
}

/** An OperatorSetIdProto. */
export function encodeOpset(domain: string, version: number): Buffer {
  return Buffer.concat([messageField(OPSET.domain, domain), numberField(OPSET.version, version)]);
}

/** The beginning of a field whose content follows. */
export function startOfField(field: number, byteLength: number): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(byteLength)]);
}
