import type { Layer } from '../model/quantize/layers.js';
import { inParts, sharedInputs } from './shared-inputs.js';

function layer(input: string, name: string, rows = 4): Layer {
  const weight = { name, rows, columns: 2, isTransposed: false, numbers: () => new Float32Array(rows * 2) };
  return { input, weight, output: `${input} x ${name}`, factor: 1, bias: '', biasFactor: 1 };
}

function namesIn(layers: readonly Layer[]): readonly object[] {
  return sharedInputs(layers).map(({ activations, matrices }) => ({ activations, matrices: matrices.map(({ name }) => name) }));
}

describe('sharedInputs', () => {
  it('puts matrices of the same activation together', () => {
    expect(namesIn([layer('x', 'query'), layer('x', 'key'), layer('y', 'out')])).toEqual([
      { activations: ['x'], matrices: ['query', 'key'] },
      { activations: ['y'], matrices: ['out'] },
    ]);
  });

  it('gives a matrix that several layers share all their activations', () => {
    expect(namesIn([layer('first', 'shared'), layer('second', 'shared')])).toEqual([
      { activations: ['first', 'second'], matrices: ['shared'] },
    ]);
  });
});

describe('inParts', () => {
  it('bounds the covariances that are in memory, but leaves none out', () => {
    const inputs = sharedInputs([layer('a', 'a', 2), layer('b', 'b', 2), layer('c', 'c', 8), layer('d', 'd', 2)]);
    const parts = inParts(inputs, 2 * 2 * 8 * 2);
    expect(parts.map((part) => part.map(({ activations: [name] }) => name))).toEqual([['a', 'b'], ['c'], ['d']]);
  });
});
