import { readFileSync } from 'node:fs';
import { activate, activationNamed, ACTIVATIONS } from './activations.js';

/** The values that PyTorch gives. */
const REFERENCE = JSON.parse(readFileSync('test/fixtures/torch-activations.json', 'utf8')) as {
  readonly inputs: readonly number[];
  readonly outputs: Readonly<Record<string, readonly number[]>>;
};

describe('an activation', () => {
  it.each(ACTIVATIONS)('gives what PyTorch gives: %s', (activation) => {
    const expected = REFERENCE.outputs[activation] ?? [];
    const given = activate(activation, Float64Array.from(REFERENCE.inputs));
    expect(given).toHaveLength(expected.length);
    expected.forEach((value, index) => expect(Math.abs((given[index] ?? NaN) - value)).toBeLessThan(1e-9 + 1e-9 * Math.abs(value)));
  });

  it.each([
    ['torch.nn.modules.activation.GELU', 'GELU'],
    ['torch.nn.modules.linear.Identity', 'Identity'],
    ['torch.nn.Tanh', 'Tanh'],
    ['torch.nn.modules.SiLU', 'SiLU'],
    ['torch.nn.modules.activation.PReLU', undefined], // has a weight
    ['torch.nn.modules.activation.GLU', undefined], // halves the vector
    ['torch.nn.modules.activation.gelu', undefined],
    ['transformers.activations.GELU', undefined],
    ['custom.torch.nn.Tanh', undefined],
    ['Tanh', undefined],
  ])('is known by the full name of its class: %s', (name, activation) => {
    expect(activationNamed(name)).toBe(activation);
  });
});
