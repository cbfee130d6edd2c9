import { closeSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { float32Of } from '../../number-formats.js';
import { readAt } from '../read-at.js';
import {
  ATTRIBUTE,
  BFLOAT16,
  ENTRY,
  EXTERNAL_LOCATION,
  FLOAT16,
  FLOAT32,
  GRAPH,
  INT64,
  MODEL_GRAPH,
  MODEL_OPSET,
  NODE,
  OPSET,
  TENSOR,
  VALUE,
} from './onnx-fields.js';
import { ProtobufFile, type Field } from './protobuf-file.js';

/** A field as it lies in the file, its tag included. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface OnnxNode extends Range {
  readonly operator: string;
  /** Empty = ONNX's own. */
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
  /** Values of the graph that graphs inside this node use. */
  readonly captured: readonly string[];
}

export interface OnnxAttribute {
  readonly integer: number;
  readonly float: number;
  readonly text: string;
  readonly integers: readonly number[];
  readonly tensor: OnnxTensor | undefined;
}

export interface OnnxTensor extends Range {
  readonly name: string;
  readonly shape: readonly number[];
  /** TensorProto.DataType. */
  readonly type: number;
  /** Where the numbers are: in this file at a place, or in a file beside it. */
  readonly content: TensorContent;
}

type TensorContent =
  | (Range & { readonly kind: 'raw' })
  | { readonly kind: 'floats'; readonly parts: readonly Range[] }
  | { readonly kind: 'external'; readonly location: string; readonly offset: number; readonly length: number | undefined }
  | { readonly kind: 'other' };

const FORMATS = { [FLOAT32]: 'float32', [FLOAT16]: 'float16', [BFLOAT16]: 'bfloat16' } as const;

/** The structure of an ONNX file. Weights stay in the file until they are asked for. Its owner closes it. */
export class OnnxDocument {
  readonly nodes: OnnxNode[] = [];
  readonly initializers = new Map<string, OnnxTensor>();
  /** Names of what the graph gives. */
  readonly outputs: string[] = [];
  readonly inputs: (Range & { readonly name: string })[] = [];
  /** All other fields of the graph, and those of the model. */
  readonly graphRest: Range[] = [];
  readonly modelRest: Range[] = [];
  /** The version of each domain of operators. */
  readonly opsets = new Map<string, number>();
  private readonly file: ProtobufFile;

  /** Throws for a file that is none. */
  constructor(private readonly path: string) {
    this.file = new ProtobufFile(path);
    let hasGraph = false;
    for (const { field, range } of this.withRanges({ start: 0, end: this.file.size })) {
      if (field.number === MODEL_GRAPH) this.readGraph(field);
      else this.modelRest.push(range);
      if (field.number === MODEL_OPSET) this.readOpset(field);
      hasGraph ||= field.number === MODEL_GRAPH;
    }
    if (!hasGraph) throw new Error('it has no graph');
  }

  close(): void {
    this.file.close();
  }

  /** The bytes of a place in the file. */
  bytes({ start, end }: Range): Buffer {
    return this.file.bytes(start, end);
  }

  /** Whether the numbers of a tensor can be read as float32. */
  isFloat({ type, content }: OnnxTensor): boolean {
    return type in FORMATS && content.kind !== 'other' && (content.kind !== 'floats' || type === FLOAT32);
  }

  /** The numbers of a tensor for which `isFloat`. */
  floats(tensor: OnnxTensor): Float32Array {
    return float32Of(this.rawData(tensor), FORMATS[tensor.type as keyof typeof FORMATS]);
  }

  /** The whole numbers of a tensor of int64; undefined = it holds something else. */
  integers(tensor: OnnxTensor): readonly number[] | undefined {
    if (tensor.type !== INT64 || tensor.content.kind !== 'raw') return undefined;
    const bytes = this.rawData(tensor);
    return Array.from({ length: bytes.length / 8 }, (_, index) => Number(bytes.readBigInt64LE(index * 8)));
  }

  /** The bytes that the numbers of a tensor take. */
  byteLength({ content }: OnnxTensor): number {
    switch (content.kind) {
      case 'raw':
        return content.end - content.start;
      case 'floats':
        return content.parts.reduce((sum, { start, end }) => sum + end - start, 0);
      case 'external':
        return content.length ?? statSync(join(dirname(this.path), content.location)).size - content.offset;
      case 'other':
        throw new Error('it stores weights in a form that is not supported');
    }
  }

  /** The numbers of a tensor as they are stored. */
  rawData(tensor: OnnxTensor): Buffer {
    const { content } = tensor;
    switch (content.kind) {
      case 'raw':
        return this.bytes(content);
      case 'floats':
        return Buffer.concat(content.parts.map((part) => this.bytes(part)));
      case 'external':
        return readPart(join(dirname(this.path), content.location), content.offset, this.byteLength(tensor));
      case 'other':
        throw new Error('it stores weights in a form that is not supported');
    }
  }

  private *withRanges(message: Range): Generator<{ readonly field: Field; readonly range: Range }> {
    let start = message.start;
    for (const field of this.file.fields(message)) {
      yield { field, range: { start, end: field.end } };
      start = field.end;
    }
  }

  private readGraph(graph: Field): void {
    for (const { field, range } of this.withRanges(graph)) {
      if (field.number === GRAPH.node) this.nodes.push(this.nodeOf(field, range));
      else if (field.number === GRAPH.initializer) this.add(this.tensorOf(field, range));
      else if (field.number === GRAPH.input) this.inputs.push({ ...range, name: this.textOf(field, VALUE.name) });
      else if (field.number !== GRAPH.valueInfo) this.graphRest.push(range);
      if (field.number === GRAPH.output) this.outputs.push(this.textOf(field, VALUE.name));
    }
  }

  private add(tensor: OnnxTensor): void {
    this.initializers.set(tensor.name, tensor);
  }

  private readOpset(opset: Field): void {
    const version = [...this.file.fields(opset)].find(({ number }) => number === OPSET.version)?.value ?? 0;
    this.opsets.set(this.textOf(opset, OPSET.domain), version);
  }

  private nodeOf(node: Field, range: Range): OnnxNode {
    const fields = [...this.file.fields(node)];
    const texts = (number: number): string[] => fields.filter((field) => field.number === number).map((field) => this.file.text(field));
    const attributes = fields.filter((field) => field.number === NODE.attribute);
    return {
      ...range,
      operator: texts(NODE.operator)[0] ?? '',
      domain: texts(NODE.domain)[0] ?? '',
      name: texts(NODE.name)[0] ?? '',
      inputs: texts(NODE.input),
      outputs: texts(NODE.output),
      attributes: new Map(attributes.map((field) => [this.textOf(field, ATTRIBUTE.name), this.attributeOf(field)])),
      captured: attributes.flatMap((field) => this.namesInGraphs(field)),
    };
  }

  /** The inputs of nodes in the graphs of an attribute. */
  private namesInGraphs(attribute: Field): readonly string[] {
    const graphs = [...this.file.fields(attribute)].filter(({ number }) => number === ATTRIBUTE.graph || number === ATTRIBUTE.graphs);
    const nodes = graphs.flatMap((graph) => [...this.withRanges(graph)].filter(({ field }) => field.number === GRAPH.node));
    return nodes.map(({ field, range }) => this.nodeOf(field, range)).flatMap(({ inputs, captured }) => [...inputs, ...captured]);
  }

  private attributeOf(attribute: Field): OnnxAttribute {
    const fields = [...this.file.fields(attribute)];
    const find = (number: number): Field | undefined => fields.find((field) => field.number === number);
    const [float, text, tensor] = [find(ATTRIBUTE.float), find(ATTRIBUTE.text), find(ATTRIBUTE.tensor)];
    return {
      integer: find(ATTRIBUTE.integer)?.value ?? 0,
      float: float === undefined ? 0 : this.bytes(float).readFloatLE(),
      text: text === undefined ? '' : this.file.text(text),
      integers: this.numbersOf(fields, ATTRIBUTE.integers),
      tensor: tensor === undefined ? undefined : this.tensorOf(tensor, tensor),
    };
  }

  private tensorOf(tensor: Field, range: Range): OnnxTensor {
    const fields = [...this.file.fields(tensor)];
    const find = (number: number): Field | undefined => fields.find((field) => field.number === number);
    const shape = this.numbersOf(fields, TENSOR.dimensions);
    return {
      ...range,
      name: this.textOf(tensor, TENSOR.name),
      shape,
      type: find(TENSOR.type)?.value ?? 0,
      content: this.contentOf(fields),
    };
  }

  private contentOf(fields: readonly Field[]): TensorContent {
    if (fields.some(({ number, value }) => number === TENSOR.location && value === EXTERNAL_LOCATION)) return this.externalContent(fields);
    const raw = fields.find(({ number }) => number === TENSOR.rawData);
    if (raw !== undefined) return { kind: 'raw', start: raw.start, end: raw.end };
    const floats = fields.filter(({ number }) => number === TENSOR.floats);
    return floats.length > 0 ? { kind: 'floats', parts: floats } : { kind: 'other' };
  }

  private externalContent(fields: readonly Field[]): TensorContent {
    const entries = fields.filter(({ number }) => number === TENSOR.externalData);
    const values = new Map(entries.map((entry) => [this.textOf(entry, ENTRY.key), this.textOf(entry, ENTRY.value)]));
    const length = values.get('length');
    return {
      kind: 'external',
      location: values.get('location') ?? '',
      offset: Number(values.get('offset') ?? 0),
      length: length === undefined ? undefined : Number(length),
    };
  }

  /** Whole numbers, packed or one by one. */
  private numbersOf(fields: readonly Field[], number: number): readonly number[] {
    return fields.filter((field) => field.number === number).flatMap((field) => this.file.numbers(field));
  }

  private textOf(message: Range, number: number): string {
    const field = [...this.file.fields(message)].find((candidate) => candidate.number === number);
    return field === undefined ? '' : this.file.text(field);
  }
}

function readPart(path: string, offset: number, length: number): Buffer {
  const file = openSync(path, 'r');
  try {
    return readAt(file, offset, offset + length);
  } finally {
    closeSync(file);
  }
}
