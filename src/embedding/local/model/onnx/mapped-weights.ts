import { basename } from 'node:path';
import { encodeTensorHead } from './onnx-encoding.js';
import { GRAPH, INT8, MODEL_GRAPH, UINT8 } from './onnx-fields.js';
import { readOnnxTensor, type OnnxTensor } from './onnx-tensor.js';
import { ProtobufFile, type Field, type Range } from './protobuf-file.js';
import { messageField } from './protobuf-writer.js';

const LEAST_BYTES = 64 * 1024;
/** The rest of the file is read into memory, so it must be the smaller part. */
const LEAST_SHARE = 0.5;

/**
 * The bytes of an ONNX file whose large int8 weights stay in the file: the graph names the places where they lie. ONNX Runtime
 * maps them, so that processes and sessions share the tables of embeddings, and a load copies less. Undefined = most of the
 * file is something else. Only bytes are mapped, because larger numbers may lie at places where they must not be read.
 */
export function withMappedWeights(path: string): Buffer | undefined {
  const file = new ProtobufFile(path);
  try {
    const parts = [...file.ranges({ start: 0, end: file.size })];
    const mapped = parts.flatMap(({ field }) => (field.number === MODEL_GRAPH ? tensorsToMap(file, field) : []));
    const bytes = mapped.reduce((sum, { length }) => sum + length, 0);
    if (bytes < LEAST_SHARE * file.size) return undefined;
    const fields = new Map(mapped.map((tensor) => [tensor.range.start, fieldOf(tensor, basename(path))]));
    return Buffer.concat(
      parts.map(({ field, range }) =>
        field.number === MODEL_GRAPH ? messageField(MODEL_GRAPH, graphWith(file, field, fields)) : file.bytes(range.start, range.end),
      ),
    );
  } finally {
    file.close();
  }
}

interface MappedTensor {
  readonly tensor: OnnxTensor;
  /** The place of the tensor in the file. */
  readonly range: Range;
  /** The offset of its numbers in the file. */
  readonly offset: number;
  readonly length: number;
}

function tensorsToMap(file: ProtobufFile, graph: Field): readonly MappedTensor[] {
  return [...file.ranges(graph)].flatMap(({ field, range }) => {
    if (field.number !== GRAPH.initializer || field.end - field.start < LEAST_BYTES) return [];
    const tensor = readOnnxTensor(file, field, range);
    const { content, type } = tensor;
    if (content.kind !== 'raw' || (type !== INT8 && type !== UINT8)) return [];
    return [{ tensor, range, offset: content.start, length: content.end - content.start }];
  });
}

function fieldOf({ tensor: { name, shape, type }, offset, length }: MappedTensor, location: string): Buffer {
  return messageField(GRAPH.initializer, encodeTensorHead({ name, shape, type, byteLength: length }, { location, offset }));
}

/** The graph with these fields in place of those that begin at the same places. */
function graphWith(file: ProtobufFile, graph: Field, fields: ReadonlyMap<number, Buffer>): Buffer {
  return Buffer.concat([...file.ranges(graph)].map(({ range }) => fields.get(range.start) ?? file.bytes(range.start, range.end)));
}
