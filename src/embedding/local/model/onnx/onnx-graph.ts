import {
  BFLOAT16,
  DIMENSION,
  FLOAT16,
  FLOAT32,
  GRAPH,
  INT64,
  INT8,
  MODEL_GRAPH,
  SHAPE_DIMENSION,
  TENSOR_TYPE,
  TYPE,
  UINT8,
  VALUE,
} from './onnx-fields.js';
import { readOnnxTensor } from './onnx-tensor.js';
import { ProtobufFile, type Field } from './protobuf-file.js';

/** An input or an output of a graph. */
export interface OnnxValue {
  readonly name: string;
  /** As ONNX Runtime names element types; `unknown` = one that no embedding model uses. */
  readonly type: string;
  /** A dimension that is not fixed has the name of its variable, or none. */
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Files beside the graph that hold its weights, as the graph names them. */
  readonly externalFiles: readonly string[];
}

/** TensorProto.DataType. */
const TYPES: Readonly<Record<number, string>> = {
  [FLOAT32]: 'float32',
  [UINT8]: 'uint8',
  [INT8]: 'int8',
  6: 'int32',
  [INT64]: 'int64',
  9: 'bool',
  [FLOAT16]: 'float16',
  11: 'float64',
  [BFLOAT16]: 'bfloat16',
};

/** The facts that an ONNX file states about its inputs and outputs, read without loading it. Throws for a file that is none. */
export function readOnnxGraph(path: string): OnnxGraph {
  const file = new ProtobufFile(path);
  try {
    for (const field of file.fields({ start: 0, end: file.size })) if (field.number === MODEL_GRAPH) return graphOf(file, field);
    throw new Error('it has no graph');
  } finally {
    file.close();
  }
}

function graphOf(file: ProtobufFile, graph: Field): OnnxGraph {
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const weights = new Set<string>();
  const externalFiles = new Set<string>();
  for (const field of file.fields(graph)) {
    if (field.number === GRAPH.input) inputs.push(valueOf(file, field));
    if (field.number === GRAPH.output) outputs.push(valueOf(file, field));
    if (field.number !== GRAPH.initializer) continue;
    const { name, content } = readOnnxTensor(file, field, field);
    weights.add(name);
    if (content.kind === 'external') externalFiles.add(content.location);
  }
  // Older exporters list weights among the inputs.
  return { inputs: inputs.filter(({ name }) => !weights.has(name)), outputs, externalFiles: [...externalFiles] };
}

function valueOf(file: ProtobufFile, value: Field): OnnxValue {
  let name = '';
  let type = 'unknown';
  let shape: (number | string)[] = [];
  for (const field of file.fields(value)) {
    if (field.number === VALUE.name) name = file.text(field);
    if (field.number !== VALUE.type) continue;
    for (const tensor of file.fields(field)) {
      if (tensor.number !== TENSOR_TYPE) continue;
      for (const part of file.fields(tensor)) {
        if (part.number === TYPE.element) type = TYPES[part.value] ?? 'unknown';
        if (part.number === TYPE.shape) shape = shapeOf(file, part);
      }
    }
  }
  return { name, type, shape };
}

function shapeOf(file: ProtobufFile, shape: Field): (number | string)[] {
  const dimensions: (number | string)[] = [];
  for (const dimension of file.fields(shape)) {
    if (dimension.number !== SHAPE_DIMENSION) continue;
    let size: number | string = '';
    for (const field of file.fields(dimension)) {
      if (field.number === DIMENSION.value) size = field.value;
      if (field.number === DIMENSION.variable) size = file.text(field);
    }
    dimensions.push(size);
  }
  return dimensions;
}
