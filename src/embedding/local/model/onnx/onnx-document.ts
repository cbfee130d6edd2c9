import { GRAPH, MODEL_GRAPH, MODEL_OPSET, OPSET, VALUE } from './onnx-fields.js';
import { readOnnxNode, type OnnxNode } from './onnx-node.js';
import { readOnnxTensor, TensorNumbers, type OnnxTensor, type PendingTensor } from './onnx-tensor.js';
import { ProtobufFile, textOf, type Field, type Range } from './protobuf-file.js';

/** Where an input or an output of the graph is declared. */
type NamedRange = Range & { readonly name: string };

/** The structure of an ONNX file. Weights stay in the file until they are asked for. Its owner closes it. */
export class OnnxDocument {
  readonly nodes: OnnxNode[] = [];
  readonly initializers = new Map<string, OnnxTensor>();
  readonly inputs: NamedRange[] = [];
  readonly outputs: NamedRange[] = [];
  /** All other fields of the graph, and those of the model. */
  readonly graphRest: Range[] = [];
  readonly modelRest: Range[] = [];
  /** The version of each domain of operators. */
  readonly opsets = new Map<string, number>();
  readonly numbers: TensorNumbers;
  private readonly file: ProtobufFile;

  /** Throws for a file that is none. */
  constructor(path: string) {
    this.file = new ProtobufFile(path);
    this.numbers = new TensorNumbers(this.file, path);
    try {
      this.read();
    } catch (error) {
      this.file.close();
      throw error;
    }
  }

  close(): void {
    this.file.close();
  }

  /** The bytes of a place in the file. */
  bytes({ start, end }: Range): Buffer {
    return this.file.bytes(start, end);
  }

  /** The declared inputs of a graph that reads only these values. Old exporters list weights among the inputs. */
  keptInputs(names: ReadonlySet<string>): readonly Range[] {
    return this.inputs.filter(({ name }) => names.has(name) || !this.initializers.has(name));
  }

  /** The weights of a graph that reads only these values. Those in a file beside the model are taken into the new one. */
  keptTensors(names: ReadonlySet<string>): readonly (Range | PendingTensor)[] {
    const kept = [...this.initializers.values()].filter(({ name }) => names.has(name));
    return kept.map((tensor) => (tensor.content.kind === 'external' ? this.numbers.pending(tensor) : tensor));
  }

  private read(): void {
    let hasGraph = false;
    for (const { field, range } of this.file.ranges({ start: 0, end: this.file.size })) {
      if (field.number === MODEL_GRAPH) this.readGraph(field);
      else this.modelRest.push(range);
      if (field.number === MODEL_OPSET) this.readOpset(field);
      hasGraph ||= field.number === MODEL_GRAPH;
    }
    if (!hasGraph) throw new Error('it has no graph');
  }

  private readGraph(graph: Field): void {
    for (const { field, range } of this.file.ranges(graph)) {
      if (field.number === GRAPH.node) this.nodes.push(readOnnxNode(this.file, field, range));
      else if (field.number === GRAPH.initializer) this.add(readOnnxTensor(this.file, field, range));
      else if (field.number === GRAPH.input) this.inputs.push({ ...range, name: this.nameOf(field) });
      else if (field.number === GRAPH.output) this.outputs.push({ ...range, name: this.nameOf(field) });
      else if (field.number !== GRAPH.valueInfo) this.graphRest.push(range);
    }
  }

  private add(tensor: OnnxTensor): void {
    this.initializers.set(tensor.name, tensor);
  }

  private nameOf(value: Field): string {
    return textOf(this.file, [...this.file.fields(value)], VALUE.name);
  }

  private readOpset(opset: Field): void {
    const fields = [...this.file.fields(opset)];
    const version = fields.find(({ number }) => number === OPSET.version)?.value ?? 0;
    this.opsets.set(textOf(this.file, fields, OPSET.domain), version);
  }
}
