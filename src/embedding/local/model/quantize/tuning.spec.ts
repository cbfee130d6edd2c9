import {
  BIAS,
  INPUTS,
  MULTIPLY,
  OUTPUTS,
  STRAIGHT,
  WEIGHT,
  expectAlike,
  modelOf,
  node,
  numbers,
  outputsOf,
  quantize,
  type Graph,
} from '../../../../../test/support/quantized-graphs.js';
import { NO_TUNING, type Tuning } from './tuning.js';

describe('what calibration found', () => {
  const correction = Float32Array.from({ length: OUTPUTS }, (_, index) => index - 7.5);
  const corrected = (output: string): Tuning => ({ ...NO_TUNING, corrections: new Map([[output, correction]]) });

  it.each<readonly [string, Graph, output: string]>([
    ['a layer without a bias', { nodes: MULTIPLY, weights: STRAIGHT }, 'y'],
    [
      'a layer whose bias the next node adds',
      { nodes: [node('MatMul', ['x', 'w'], 'a'), node('Add', ['b', 'a'], 'y')], weights: { ...STRAIGHT, ...BIAS } },
      'a',
    ],
    [
      'a layer whose output another node reads too',
      {
        nodes: [node('MatMul', ['x', 'w'], 'a'), node('Add', ['a', 'b'], 'c'), node('Sub', ['a', 'a'], 'n'), node('Add', ['n', 'c'], 'y')],
        weights: { ...STRAIGHT, ...BIAS },
      },
      'a',
    ],
    ['Gemm', { nodes: [node('Gemm', ['x', 'w', 'b'], 'y')], weights: { ...STRAIGHT, ...BIAS }, shape: [5, INPUTS] }, 'y'],
  ])('is added to the output of %s', async (_, graph, output) => {
    const plain = await quantize(modelOf(graph));
    const tuned = await quantize(modelOf(graph), {}, corrected(output));
    const [before, after] = await outputsOf({ ...plain, before: plain.after, after: tuned.after }, graph.shape);
    const differences = after.numbers.map((value, at) => value - (before.numbers[at] ?? 0) - (correction[at % OUTPUTS] ?? 0));

    expect(Math.max(...differences.map(Math.abs))).toBeLessThan(1e-4);
  });

  it('makes whole numbers of an activation around its centre and zero point, without a change of what they mean', async () => {
    const centre = numbers(INPUTS, 9);
    const moved = Float32Array.from({ length: OUTPUTS }, (_, column) =>
      centre.reduce((sum, value, row) => sum + value * (WEIGHT[row * OUTPUTS + column] ?? 0), 0),
    );
    const activations = new Map([['x', { centre, zeroPoint: 96 }]]);
    const tuning = { ...NO_TUNING, activations, corrections: new Map([['y', moved]]) };
    const pair = await quantize(modelOf({ nodes: MULTIPLY, weights: STRAIGHT }), {}, tuning);

    expect(pair.quantized.layers).toBe(1);
    await expectAlike(pair);
  });

  it('gives other weights', async () => {
    const integers = new Int8Array(INPUTS * OUTPUTS).fill(1);
    const weights = new Map([['w', { integers, scales: new Float32Array(OUTPUTS).fill(0.5) }]]);
    const pair = await quantize(modelOf({ nodes: MULTIPLY, weights: STRAIGHT }), {}, { ...NO_TUNING, weights });
    const [, after] = await outputsOf(pair);

    expect(new Set(after.numbers.slice(0, OUTPUTS)).size).toBe(1);
  });
});
