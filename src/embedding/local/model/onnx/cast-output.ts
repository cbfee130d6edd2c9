import { readFileSync } from 'node:fs';
import { encodeNode } from './onnx-encoding.js';
import { FLOAT32, GRAPH, MODEL_GRAPH, TENSOR_TYPE, TYPE, VALUE } from './onnx-fields.js';
import { ProtobufFile, type Field } from './protobuf-file.js';
import { messageField, numberField } from './protobuf-writer.js';

/** The name of an output after it was cast. */
export function castName(output: string): string {
  return `${output}_as_float32`;
}

/**
 * The bytes of an ONNX file whose only output is this one, cast to float32. ONNX Runtime opens no graph in JavaScript that
 * has an output of a type without an array there.
 */
export function withCastOutput(path: string, output: string): Buffer {
  const bytes = readFileSync(path);
  const file = new ProtobufFile(path);
  try {
    const parts = rawFields(file, bytes, { start: 0, end: file.size }).map(({ field, raw }) =>
      field.number === MODEL_GRAPH ? messageField(MODEL_GRAPH, graphWithCast(rawFields(file, bytes, field), output)) : raw,
    );
    return Buffer.concat(parts);
  } finally {
    file.close();
  }
}

interface RawField {
  readonly field: Field;
  /** With its tag. */
  readonly raw: Buffer;
}

function rawFields(file: ProtobufFile, bytes: Buffer, message: Pick<Field, 'start' | 'end'>): readonly RawField[] {
  let from = message.start;
  return [...file.fields(message)].map((field) => {
    const raw = bytes.subarray(from, field.end);
    from = field.end;
    return { field, raw };
  });
}

function graphWithCast(fields: readonly RawField[], output: string): Buffer {
  const kept = fields.filter(({ field }) => field.number !== GRAPH.output).map(({ raw }) => raw);
  return Buffer.concat([...kept, messageField(GRAPH.node, castNode(output)), messageField(GRAPH.output, castValue(output))]);
}

function castNode(output: string): Buffer {
  return encodeNode({ operator: 'Cast', inputs: [output], outputs: [castName(output)], attributes: { to: FLOAT32 } });
}

function castValue(output: string): Buffer {
  const tensor = messageField(TENSOR_TYPE, numberField(TYPE.element, FLOAT32));
  return Buffer.concat([messageField(VALUE.name, castName(output)), messageField(VALUE.type, tensor)]);
}
