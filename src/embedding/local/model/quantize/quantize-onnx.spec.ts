import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf, onnxModel } from '../../../../../test/support/onnx-writer.js';
import {
  BIAS,
  INPUTS,
  LEAST_COSINE,
  MULTIPLY,
  OUTPUTS,
  QUIET,
  STRAIGHT,
  TURNED,
  WEIGHT,
  expectAlike,
  modelOf,
  node,
  numbers,
  outputsOf,
  quantize,
  type Graph,
  type Weights,
} from '../../../../../test/support/quantized-graphs.js';
import { runGraphs } from '../../../../../test/support/run-graphs.js';
import { temporaryFolder } from '../../../../../test/support/temporary-folder.js';
import { cosineBetween } from '../../../../vectors/index.js';
import { OnnxDocument } from '../onnx/onnx-document.js';
import { quantizeOnnx } from './quantize-onnx.js';

const MICROSOFT = 'com.microsoft';

describe('a layer of any exporter computes nearly the same with whole numbers', () => {
  it.each([11, 12, 13, 17, 18, 20, 21])('in opset %d', async (opset) => {
    const pair = await quantize(modelOf({ nodes: MULTIPLY, weights: STRAIGHT, opset }));
    expect(pair.quantized).toEqual({ layers: 1, tables: 0, left: [] });
    await expectAlike(pair);
  });

  it.each<readonly [string, Graph]>([
    ['a matrix of two dimensions', { nodes: MULTIPLY, weights: STRAIGHT, shape: [5, INPUTS] }],
    [
      'weights behind Transpose',
      { nodes: [node('Transpose', ['w'], 'wt', { attributes: { perm: [1, 0] } }), node('MatMul', ['x', 'wt'], 'y')], weights: TURNED },
    ],
    ['weights behind Identity', { nodes: [node('Identity', ['w'], 'wi'), node('MatMul', ['x', 'wi'], 'y')], weights: STRAIGHT }],
    ['Gemm', { nodes: [node('Gemm', ['x', 'w', 'b'], 'y')], weights: { ...STRAIGHT, ...BIAS }, shape: [5, INPUTS] }],
    [
      'Gemm with factors and turned weights',
      {
        nodes: [node('Gemm', ['x', 'w', 'b'], 'y', { attributes: { transB: 1 }, floats: { alpha: 0.5, beta: 3 } })],
        weights: { ...TURNED, ...BIAS },
        shape: [5, INPUTS],
      },
    ],
    [
      'FusedMatMul',
      {
        nodes: [node('FusedMatMul', ['x', 'w'], 'y', { domain: MICROSOFT, attributes: { transB: 1 }, floats: { alpha: 0.25 } })],
        weights: TURNED,
      },
    ],
    [
      'two layers that share their weights',
      {
        nodes: [node('MatMul', ['x', 'w'], 'a'), node('Neg', ['x'], 'n'), node('MatMul', ['n', 'w'], 'c'), node('Sub', ['a', 'c'], 'y')],
        weights: STRAIGHT,
      },
    ],
    [
      'a layer after a layer with the same weights, turned',
      { nodes: [node('MatMul', ['x', 'w'], 'a'), node('Transpose', ['w'], 'wt'), node('MatMul', ['a', 'wt'], 'y')], weights: STRAIGHT },
    ],
  ])('%s', async (_, graph) => {
    const pair = await quantize(modelOf(graph));
    expect(pair.quantized).toMatchObject({ tables: 0, left: [] });
    await expectAlike(pair, graph.shape);
  });

  it('weights of half precision behind Cast', async () => {
    const brains = new Uint16Array(WEIGHT.length).map((_, at) => new Uint16Array(WEIGHT.buffer)[at * 2 + 1] ?? 0);
    const pair = await quantize(
      onnxModel({
        inputs: [{ name: 'x', type: 'float', shape: ['a', 'b', INPUTS] }],
        outputs: [{ name: 'y', type: 'float', shape: [] }],
        nodes: [node('Cast', ['w'], 'wf', { attributes: { to: 1 } }), node('MatMul', ['x', 'wf'], 'y')],
        weights: [{ name: 'w', shape: [INPUTS, OUTPUTS], values: brains }],
      }),
    );
    expect(pair.quantized.layers).toBe(1);
    await expectAlike(pair);
  });

  it('weights in a file beside the model', async () => {
    const pair = await quantize(modelOf({ nodes: MULTIPLY, weights: STRAIGHT }, 'model.onnx_data'), { 'model.onnx_data': bytesOf(WEIGHT) });
    expect(pair.quantized.layers).toBe(1);
    await expectAlike(pair);
  });
});

describe('the texts beside a text', () => {
  it('do not change a bit of it', async () => {
    const { after } = await quantize(modelOf({ nodes: MULTIPLY, weights: STRAIGHT }));
    const rows = [1, 100, 0.001].map((factor, index) => [...numbers(INPUTS, 20 + index)].map((value) => value * factor));
    const [together, ...alone] = await runGraphs([
      { file: after, shape: [1, 3, INPUTS], numbers: rows.flat() },
      ...rows.map((row) => ({ file: after, shape: [1, 1, INPUTS], numbers: row })),
    ]);

    expect(together?.numbers).toEqual(alone.flatMap((output) => output.numbers));
  });
});

describe('a table of embeddings', () => {
  const [rows, columns] = [5_001, 16];
  const lookUp = [node('Cast', ['x'], 'ids', { attributes: { to: 7 } }), node('Gather', ['table', 'ids'], 'found')];
  const layer: Weights = { w: [[columns, OUTPUTS], numbers(columns * OUTPUTS, 3)] };

  it('of more than 5,000 rows has a scale for each row', async () => {
    const table = numbers(rows * columns, 4);
    const graph = {
      nodes: [...lookUp, node('MatMul', ['found', 'w'], 'y')],
      weights: { table: [[rows, columns], table], ...layer },
      shape: [2, 4],
    } as const;
    const pair = await quantize(modelOf(graph));
    const input = { shape: [2, 4], numbers: [0, 1, 2, 3, 4_999, 5_000, 17, 17] };
    const [first, second] = await runGraphs([pair.before, pair.after].map((file) => ({ file, ...input })));

    expect(pair.quantized).toEqual({ layers: 1, tables: 1, left: [] });
    expect(second?.shape).toEqual([2, 4, OUTPUTS]);
    expect(cosineBetween(Float32Array.from(first?.numbers ?? []), Float32Array.from(second?.numbers ?? []))).toBeGreaterThan(LEAST_COSINE);
    expect(readFileSync(pair.after).length).toBeLessThan(readFileSync(pair.before).length / 2.5);
  });

  it('may be the weights of layers, too', async () => {
    const nodes = [
      ...lookUp,
      node('Transpose', ['table'], 'turned', { attributes: { perm: [1, 0] } }),
      node('MatMul', ['found', 'turned'], 'products'),
      node('MatMul', ['products', 'table'], 'y'),
    ];
    const pair = await quantize(modelOf({ nodes, weights: { table: [[rows, columns], numbers(rows * columns, 4)] }, shape: [2, 4] }));
    const input = { shape: [2, 4], numbers: [0, 1, 2, 3, 4_999, 5_000, 17, 17] };
    const [first, second] = await runGraphs([pair.before, pair.after].map((file) => ({ file, ...input })));

    expect(pair.quantized).toEqual({ layers: 2, tables: 1, left: [] });
    expect(cosineBetween(Float32Array.from(first?.numbers ?? []), Float32Array.from(second?.numbers ?? []))).toBeGreaterThan(LEAST_COSINE);
  });

  it('of fewer rows stays as it is', async () => {
    const graph = {
      nodes: [...lookUp, node('MatMul', ['found', 'w'], 'y')],
      weights: { table: [[100, columns], numbers(100 * columns, 4)], ...layer },
    } as const;
    expect((await quantize(modelOf(graph))).quantized).toEqual({ layers: 1, tables: 0, left: [] });
  });
});

describe('what cannot be converted', () => {
  it('stays as it is, and is named with the reason', async () => {
    const nodes = [node('MatMul', ['x', 'cube'], 'a'), node('MatMul', ['c', 'a'], 'd'), node('MatMul', ['d', 'w'], 'y')];
    const weights: Weights = { cube: [[1, INPUTS, INPUTS], numbers(INPUTS * INPUTS, 6)], c: [[5, 5], numbers(25, 7)], ...STRAIGHT };
    const pair = await quantize(modelOf({ nodes, weights }));

    expect(pair.quantized).toEqual({
      layers: 1,
      tables: 0,
      left: ['MatMul a (its weights are no matrix of float32)', 'MatMul d (its first input is a constant)'],
    });
    await expectAlike(pair);
  });

  it.each<readonly [string, Buffer, RegExp]>([
    [
      'a graph without layers',
      modelOf({ nodes: [node('Neg', ['x'], 'y')], weights: {} }),
      /no layer that can be converted: none has constant float32 weights/,
    ],
    [
      'a layer that turns its input',
      modelOf({ nodes: [node('Gemm', ['x', 'w'], 'y', { attributes: { transA: 1 } })], weights: STRAIGHT, shape: [INPUTS, 5] }),
      /no layer that can be converted: Gemm y \(it transposes its input\)/,
    ],
    ['an opset that lacks operators', modelOf({ nodes: MULTIPLY, weights: STRAIGHT, opset: 10 }), /opset 10; supported are 11 and later/],
    ['a file that is no model', Buffer.from('no model'), /no ONNX file|no graph/],
  ])('is refused if nothing can be: %s', async (_, model, reason) => {
    await expect(quantize(model)).rejects.toThrow(reason);
  });
});

describe('a model that is larger than a file may be', () => {
  it('has its weights in a file beside it, and computes the same', async () => {
    const folder = temporaryFolder();
    const [before, whole, apart] = ['model.onnx', 'whole.onnx', 'apart.onnx'].map((name) => join(folder, name)) as [string, string, string];
    writeFileSync(
      before,
      modelOf({
        nodes: [node('Add', ['x', 'k'], 'a'), node('MatMul', ['a', 'w'], 'y')],
        weights: { ...STRAIGHT, k: [[INPUTS], numbers(INPUTS, 8)] },
      }),
    );
    await quantizeOnnx(before, whole, QUIET);
    await quantizeOnnx(before, apart, { ...QUIET, mostBytes: 100 });
    const [first, second] = await outputsOf({ before: whole, after: apart, quantized: { layers: 1, tables: 0, left: [] } });

    expect(readdirSync(folder)).toContain('apart.onnx_data');
    expect(existsSync(join(folder, 'whole.onnx_data'))).toBe(false);
    expect(second).toEqual(first);
  });
});

describe('old graphs that list their weights among the inputs', () => {
  it('ask for no weights that are gone', async () => {
    const pair = await quantize(
      onnxModel({
        inputs: [
          { name: 'x', type: 'float', shape: ['a', 'b', INPUTS] },
          { name: 'w', type: 'float', shape: [INPUTS, OUTPUTS] },
        ],
        outputs: [{ name: 'y', type: 'float', shape: [] }],
        nodes: MULTIPLY,
        weights: [{ name: 'w', shape: [INPUTS, OUTPUTS], values: WEIGHT }],
      }),
    );
    const document = new OnnxDocument(pair.after);
    document.close();

    expect(document.inputs.map(({ name }) => name)).toEqual(['x']);
    await expectAlike(pair);
  });
});
