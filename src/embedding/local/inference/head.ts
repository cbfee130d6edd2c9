import { activate } from '../model/activations.js';
import type { DenseStep, HeadStep, LayerNormStep, PoolingStep } from '../model/card/model-card.js';
import { readTensor } from '../model/safetensors.js';
import { POOL_TOKENS, type TokenRows } from './poolings.js';

type Step = (vector: Float64Array) => Float64Array;

/** PyTorch's default. */
const LAYER_NORM_EPSILON = 1e-5;

/** The steps of a card, with their weights: from the vectors of a text's tokens to its one vector, of length one. */
export class Head {
  private readonly pooling: PoolingStep;
  private readonly steps: readonly Step[];
  /** Whether the model itself scales its vectors to length one, as every vector is in the end. */
  private readonly endsAtOne: boolean;

  /** Throws when weights cannot be read. */
  constructor(steps: readonly HeadStep[]) {
    const [pooling, ...others] = steps;
    if (pooling?.type !== 'pooling') throw new Error('the first step after the model must be a pooling');
    this.pooling = pooling;
    this.endsAtOne = others.at(-1)?.type === 'normalize';
    this.steps = (this.endsAtOne ? others.slice(0, -1) : others).map(compiled);
  }

  /** Writes the vector, scaled to length one, to `unit`; returns its length before. */
  apply(rows: TokenRows, unit: Float32Array): number {
    const length = this.write(rows, unit);
    return this.endsAtOne && length > 0 ? 1 : length;
  }

  private write(rows: TokenRows, unit: Float32Array): number {
    const { values, factor } = this.pool(rows);
    if (this.steps.length === 0) return writeUnit(values, factor, unit);
    const pooled = factor === 1 ? values : values.map((value) => value * factor);
    return writeUnit(
      this.steps.reduce((vector, step) => step(vector), pooled),
      1,
      unit,
    );
  }

  /** A single pooling returns its factor separately, because a mean that is scaled afterwards needs no division. */
  private pool(rows: TokenRows): { readonly values: Float64Array; readonly factor: number } {
    const { modes, includePrompt } = this.pooling;
    const counted = includePrompt ? { ...rows, first: 0 } : rows;
    const [only, ...more] = modes;
    if (only !== undefined && more.length === 0) {
      const values = new Float64Array(rows.size);
      return { values, factor: POOL_TOKENS[only](counted, values) };
    }
    const values = new Float64Array(rows.size * modes.length);
    modes.forEach((mode, index) => {
      const part = values.subarray(index * rows.size, (index + 1) * rows.size);
      const factor = POOL_TOKENS[mode](counted, part);
      part.forEach((value, at) => (part[at] = value * factor));
    });
    return { values, factor: 1 };
  }
}

/** Writes `values`, scaled to length one (L2); returns the length of `factor` times them. Zeros stay zeros. */
export function writeUnit(values: Float64Array | Float32Array, factor: number, unit: Float32Array): number {
  let squares = 0;
  for (let at = 0; at < values.length; at++) squares += (values[at] ?? 0) * (values[at] ?? 0);
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  for (let at = 0; at < values.length; at++) unit[at] = (values[at] ?? 0) * scale;
  return Math.sqrt(squares) * factor;
}

function compiled(step: HeadStep): Step {
  switch (step.type) {
    case 'dense':
      return dense(step);
    case 'layer-norm':
      return layerNorm(step);
    case 'normalize':
      return scaledToOne;
    case 'cut':
      return (vector) => vector.slice(0, step.size);
    case 'pooling':
      throw new Error('only the first step may be a pooling');
  }
}

function dense({ inputs, outputs, activation, hasBias, residual, weights }: DenseStep): Step {
  const matrix = readTensor(weights, 'linear.weight');
  const bias = hasBias ? readTensor(weights, 'linear.bias') : undefined;
  const matrixOfResidual = residual === 'product' ? readTensor(weights, 'residual.weight') : undefined;
  return (vector) => {
    const result = activate(activation, product(matrix, vector, { inputs, outputs, bias }));
    if (residual === 'none') return result;
    const added = matrixOfResidual === undefined ? vector : product(matrixOfResidual, vector, { inputs, outputs });
    return result.map((value, at) => value + (added[at] ?? 0));
  };
}

interface Linear {
  readonly inputs: number;
  readonly outputs: number;
  readonly bias?: Float32Array | undefined;
}

function product(matrix: Float32Array, vector: Float64Array, { inputs, outputs, bias }: Linear): Float64Array {
  const result = new Float64Array(outputs);
  for (let row = 0; row < outputs; row++) {
    let sum = bias?.[row] ?? 0;
    for (let at = 0; at < inputs; at++) sum += (matrix[row * inputs + at] ?? 0) * (vector[at] ?? 0);
    result[row] = sum;
  }
  return result;
}

function layerNorm({ weights }: LayerNormStep): Step {
  const gain = readTensor(weights, 'norm.weight');
  const bias = readTensor(weights, 'norm.bias');
  return (vector) => {
    const mean = vector.reduce((sum, value) => sum + value, 0) / vector.length;
    const variance = vector.reduce((sum, value) => sum + (value - mean) ** 2, 0) / vector.length;
    const scale = 1 / Math.sqrt(variance + LAYER_NORM_EPSILON);
    return vector.map((value, at) => (value - mean) * scale * (gain[at] ?? 1) + (bias[at] ?? 0));
  };
}

function scaledToOne(vector: Float64Array): Float64Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length > 0 ? vector.map((value) => value / length) : vector;
}
