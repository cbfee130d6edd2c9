import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onnxModel } from '../../../../../test/support/onnx-writer.js';
import { randomNumbers } from '../../../../../test/support/random-numbers.js';
import { runGraphs } from '../../../../../test/support/run-graphs.js';
import { temporaryFolder } from '../../../../../test/support/temporary-folder.js';
import { quantizeOnnx } from '../quantize/quantize-onnx.js';
import { withMappedWeights } from './mapped-weights.js';

const SIZE = 384;

/** A layer in fp32. */
function floatModel(): Buffer {
  const random = randomNumbers(7);
  return onnxModel({
    inputs: [{ name: 'x', type: 'float', shape: ['texts', 'tokens', SIZE] }],
    outputs: [{ name: 'y', type: 'float', shape: [] }],
    nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }],
    weights: [{ name: 'w', shape: [SIZE, SIZE], values: Float32Array.from({ length: SIZE * SIZE }, () => random() - 0.5) }],
  });
}

describe('withMappedWeights', () => {
  it('leaves int8 weights in their file, and gives the same vectors', async () => {
    const folder = temporaryFolder();
    const [source, whole, mapped] = ['model.onnx', 'int8.onnx', 'mapped.onnx'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(source, floatModel());
    await quantizeOnnx(source, whole, { onProgress: () => undefined });
    const graph = withMappedWeights(whole) ?? Buffer.alloc(0);
    writeFileSync(mapped, graph);

    const numbers = Array.from({ length: 2 * SIZE }, (_, index) => Math.sin(index));
    const [first, second] = await runGraphs([whole, mapped].map((file) => ({ file, shape: [1, 2, SIZE], numbers })));
    expect(graph.length).toBeGreaterThan(0);
    expect(graph.length).toBeLessThan(statSync(whole).size - SIZE * SIZE + 1_000);
    expect(second).toEqual(first);
  });

  it('leaves a file as it is whose weights are no bytes', () => {
    const path = join(temporaryFolder(), 'model.onnx');
    writeFileSync(path, floatModel());
    expect(withMappedWeights(path)).toBeUndefined();
  });
});
