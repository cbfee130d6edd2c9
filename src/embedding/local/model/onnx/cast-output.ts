import { encodeNode, encodeValue } from './onnx-encoding.js';
import { FLOAT32, GRAPH, MODEL_GRAPH } from './onnx-fields.js';
import { ProtobufFile, type Field } from './protobuf-file.js';
import { messageField } from './protobuf-writer.js';

/** The name of an output after it was cast. */
export function castName(output: string): string {
  return `${output}_as_float32`;
}

/**
 * The bytes of an ONNX file whose only output is this one, cast to float32. ONNX Runtime opens no graph in JavaScript that
 * has an output of a type without an array there.
 */
export function withCastOutput(path: string, output: string): Buffer {
  const file = new ProtobufFile(path);
  try {
    const parts = [...file.ranges({ start: 0, end: file.size })].map(({ field, range }) =>
      field.number === MODEL_GRAPH ? messageField(MODEL_GRAPH, graphWithCast(file, field, output)) : file.bytes(range.start, range.end),
    );
    return Buffer.concat(parts);
  } finally {
    file.close();
  }
}

function graphWithCast(file: ProtobufFile, graph: Field, output: string): Buffer {
  const kept = [...file.ranges(graph)].filter(({ field }) => field.number !== GRAPH.output);
  const bytes = kept.map(({ range }) => file.bytes(range.start, range.end));
  return Buffer.concat([
    ...bytes,
    messageField(GRAPH.node, castNode(output)),
    messageField(GRAPH.output, encodeValue(castName(output), FLOAT32)),
  ]);
}

function castNode(output: string): Buffer {
  return encodeNode({ operator: 'Cast', inputs: [output], outputs: [castName(output)], attributes: { to: FLOAT32 } });
}
