/** Small graphs with layers, as they are and with int8 weights. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quantizeOnnx, type Quantized } from '../../src/embedding/local/model/quantize/quantize-onnx.js';
import { NO_TUNING, type Tuning } from '../../src/embedding/local/model/quantize/tuning.js';
import { cosineBetween } from '../../src/vectors/index.js';
import { onnxModel, type WrittenGraph, type WrittenNode } from './onnx-writer.js';
import { randomNumbers } from './random-numbers.js';
import { runGraphs, type GraphOutput } from './run-graphs.js';
import { temporaryFolder } from './temporary-folder.js';

export const INPUTS = 64;
export const OUTPUTS = 32;
export const QUIET = { onProgress: (): void => undefined };
/** Seven bits of a weight and eight of an activation. */
export const LEAST_COSINE = 0.9998;

export type Weights = Readonly<Record<string, readonly [shape: readonly number[], values: Float32Array]>>;

export interface Graph {
  readonly nodes: readonly WrittenNode[];
  readonly weights: Weights;
  readonly opset?: number;
  readonly shape?: readonly number[];
}

export function numbers(count: number, seed: number): Float32Array {
  const random = randomNumbers(seed);
  return Float32Array.from({ length: count }, () => (random() + random() + random() - 1.5) * 0.1);
}

/** The matrix with its rows as columns. */
function turned(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  return values.map((_, at) => values[(at % rows) * columns + Math.floor(at / rows)] ?? 0);
}

export const WEIGHT = numbers(INPUTS * OUTPUTS, 1);
export const STRAIGHT: Weights = { w: [[INPUTS, OUTPUTS], WEIGHT] };
export const TURNED: Weights = { w: [[OUTPUTS, INPUTS], turned(WEIGHT, INPUTS)] };
export const BIAS: Weights = { b: [[OUTPUTS], numbers(OUTPUTS, 2)] };

export function node(op: string, inputs: readonly string[], output: string, more: Partial<WrittenNode> = {}): WrittenNode {
  return { op, inputs, outputs: [output], ...more };
}

export const MULTIPLY = [node('MatMul', ['x', 'w'], 'y')];

export function modelOf({ nodes, weights, opset, shape = [3, 5, INPUTS] }: Graph, location?: string): Buffer {
  const graph: WrittenGraph = {
    inputs: [{ name: 'x', type: 'float', shape: shape.map((size, index) => (index === shape.length - 1 ? size : `d${index}`)) }],
    outputs: [{ name: 'y', type: 'float', shape: [] }],
    nodes,
    weights: Object.entries(weights).map(([name, [size, values]]) => ({
      name,
      shape: size,
      values,
      ...(location !== undefined && { location }),
    })),
    ...(opset !== undefined && { opset }),
  };
  return onnxModel(graph);
}

export interface Pair {
  readonly before: string;
  readonly after: string;
  readonly quantized: Quantized;
}

export async function quantize(model: Buffer, files: Readonly<Record<string, Buffer>> = {}, tuning: Tuning = NO_TUNING): Promise<Pair> {
  const folder = temporaryFolder();
  const [before, after] = [join(folder, 'model.onnx'), join(folder, 'int8.onnx')];
  writeFileSync(before, model);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return { before, after, quantized: await quantizeOnnx(before, after, { ...QUIET, tuning }) };
}

/** The outputs of both files for the same numbers. */
export async function outputsOf(
  { before, after }: Pair,
  shape: readonly number[] = [3, 5, INPUTS],
): Promise<readonly [GraphOutput, GraphOutput]> {
  const input = [
    ...numbers(
      shape.reduce((product, size) => product * size, 1),
      5,
    ),
  ];
  const [first, second] = await runGraphs([before, after].map((file) => ({ file, shape, numbers: input })));
  if (first === undefined || second === undefined) throw new Error('two outputs');
  return [first, second];
}

export async function expectAlike(pair: Pair, shape?: readonly number[]): Promise<void> {
  const [first, second] = await outputsOf(pair, shape);
  expect(second.shape).toEqual(first.shape);
  expect(cosineBetween(Float32Array.from(first.numbers), Float32Array.from(second.numbers))).toBeGreaterThan(LEAST_COSINE);
}
