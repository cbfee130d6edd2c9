import type { NamedMatrix } from '../model/quantize/int8-weights.js';
import type { Layer } from '../model/quantize/layers.js';

/** Matrices that are multiplied with the same activations, such as those of query, key and value. */
export interface SharedInputs {
  readonly activations: readonly string[];
  readonly width: number;
  readonly matrices: readonly NamedMatrix[];
}

/** The matrices of all layers. A matrix that several layers use has several activations. */
export function sharedInputs(layers: readonly Layer[]): readonly SharedInputs[] {
  const matrices = new Map(layers.map(({ weight }) => [weight.name, weight]));
  const shared = new Map<string, { activations: readonly string[]; width: number; matrices: NamedMatrix[] }>();
  for (const [name, matrix] of matrices) {
    const activations = [...new Set(layers.filter(({ weight }) => weight.name === name).map(({ input }) => input))];
    const key = JSON.stringify(activations);
    const known = shared.get(key) ?? { activations, width: matrix.rows, matrices: [] };
    known.matrices.push(matrix);
    shared.set(key, known);
  }
  return [...shared.values()];
}

/** The bytes of a covariance of these inputs. */
export function covarianceBytes({ width }: SharedInputs): number {
  return width * width * Float64Array.BYTES_PER_ELEMENT;
}

/** Divides inputs into parts. The covariances of a part have at most `mostBytes` together, unless a single one has more. */
export function inParts(all: readonly SharedInputs[], mostBytes: number): readonly (readonly SharedInputs[])[] {
  const parts: SharedInputs[][] = [];
  let bytes = Infinity; // the first inputs begin a part
  for (const inputs of all) {
    bytes += covarianceBytes(inputs);
    if (bytes <= mostBytes) parts.at(-1)?.push(inputs);
    else {
      parts.push([inputs]);
      bytes = covarianceBytes(inputs);
    }
  }
  return parts;
}
