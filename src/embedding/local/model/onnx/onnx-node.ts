import { ATTRIBUTE, GRAPH, NODE } from './onnx-fields.js';
import { readOnnxTensor, type OnnxTensor } from './onnx-tensor.js';
import { numbersOf, textOf, textsOf, type Field, type ProtobufFile, type Range } from './protobuf-file.js';

/** A NodeProto. */
export interface OnnxNode extends Range {
  readonly operator: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
  /** Values of the graph that graphs inside this node use. */
  readonly captured: readonly string[];
}

/** The values that an attribute may have; a field that it has not is 0 or empty. */
interface OnnxAttribute {
  readonly integer: number;
  readonly float: number;
  readonly integers: readonly number[];
  readonly tensor: OnnxTensor | undefined;
}

/** @param range The node with its tag. */
export function readOnnxNode(file: ProtobufFile, node: Field, range: Range): OnnxNode {
  const fields = [...file.fields(node)];
  const attributes = fields.filter(({ number }) => number === NODE.attribute).map((attribute) => [...file.fields(attribute)]);
  return {
    start: range.start,
    end: range.end,
    operator: textOf(file, fields, NODE.operator),
    name: textOf(file, fields, NODE.name),
    inputs: textsOf(file, fields, NODE.input),
    outputs: textsOf(file, fields, NODE.output),
    attributes: new Map(attributes.map((attribute) => [textOf(file, attribute, ATTRIBUTE.name), attributeOf(file, attribute)])),
    captured: attributes.flatMap((attribute) => inputsOfGraphs(file, attribute)),
  };
}

function attributeOf(file: ProtobufFile, fields: readonly Field[]): OnnxAttribute {
  const find = (number: number): Field | undefined => fields.find((field) => field.number === number);
  const [float, tensor] = [find(ATTRIBUTE.float), find(ATTRIBUTE.tensor)];
  return {
    integer: find(ATTRIBUTE.integer)?.value ?? 0,
    float: float === undefined ? 0 : file.bytes(float.start, float.end).readFloatLE(),
    integers: numbersOf(file, fields, ATTRIBUTE.integers),
    tensor: tensor && readOnnxTensor(file, tensor, tensor),
  };
}

/** The inputs of the nodes in the graphs that an attribute holds. */
function inputsOfGraphs(file: ProtobufFile, attribute: readonly Field[]): readonly string[] {
  const graphs = attribute.filter(({ number }) => number === ATTRIBUTE.graph || number === ATTRIBUTE.graphs);
  const nodes = graphs.flatMap((graph) => [...file.fields(graph)].filter(({ number }) => number === GRAPH.node));
  return nodes.map((node) => readOnnxNode(file, node, node)).flatMap(({ inputs, captured }) => [...inputs, ...captured]);
}
