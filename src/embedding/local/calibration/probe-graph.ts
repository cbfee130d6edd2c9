import type { OnnxDocument } from '../model/onnx/onnx-document.js';
import { encodeValue } from '../model/onnx/onnx-encoding.js';
import { FLOAT32 } from '../model/onnx/onnx-fields.js';
import { writeOnnx } from '../model/onnx/write-onnx.js';
import { GraphWriter } from '../model/quantize/graph-writer.js';
import { MOST_BYTES } from '../model/quantize/quantize-onnx.js';

/** An activation that a probe graph gives. */
export interface Probe {
  readonly activation: string;
  readonly width: number;
  /** Whether it also gives the sums of the products of each two numbers of a row. */
  readonly withProducts: boolean;
}

/** The outputs of a probe. */
export function probeOutputs({ activation, withProducts }: Probe): { readonly rows: string; readonly products: string | undefined } {
  return { rows: `${activation}/probe/rows`, products: withProducts ? `${activation}/probe/products` : undefined };
}

/** Writes the part of a model that computes these activations, and gives them as rows. */
export async function writeProbeGraph(document: OnnxDocument, probes: readonly Probe[], path: string): Promise<void> {
  const graph = new GraphWriter();
  for (const node of document.nodes) graph.keep(node);
  const outputs = probes.flatMap((probe) => addProbe(graph, probe));
  const { nodes, names } = graph.needed(outputs);
  await writeOnnx(
    document,
    {
      nodes,
      tensors: [...document.keptTensors(names), ...graph.tensors],
      outputs: outputs.map((name) => encodeValue(name, FLOAT32)),
      inputs: document.keptInputs(names),
      rest: document.graphRest,
      newOpsets: new Map(),
    },
    { path, mostBytes: MOST_BYTES },
  );
}

/** Adds the outputs of a probe, and returns their names. */
function addProbe(graph: GraphWriter, probe: Probe): readonly string[] {
  const { activation, width } = probe;
  const { rows, products } = probeOutputs(probe);
  const shape = graph.constant(`probe/rows_of_${width}`, BigInt64Array.of(-1n, BigInt(width)));
  graph.node('Reshape', [activation, shape], rows);
  if (products === undefined) return [rows];
  const columns = graph.node('Transpose', [rows], `${activation}/probe/columns`, { attributes: { perm: [1, 0] } });
  return [rows, graph.node('MatMul', [columns, rows], products)];
}
