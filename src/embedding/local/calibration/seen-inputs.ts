import type { SharedInputs } from './shared-inputs.js';

/** One row is kept of this number. */
const SAMPLE_EVERY = 128;

/** The statistics of an activation over all texts. */
class SeenActivation {
  rows = 0;
  private readonly sums: Float64Array;
  private readonly sample: Float32Array[] = [];

  constructor(private readonly width: number) {
    this.sums = new Float64Array(width);
  }

  add(numbers: Float32Array): void {
    for (let from = 0; from < numbers.length; from += this.width) {
      const row = numbers.subarray(from, from + this.width);
      for (let at = 0; at < row.length; at++) this.sums[at] = (this.sums[at] ?? 0) + (row[at] ?? 0);
      if (this.rows++ % SAMPLE_EVERY === 0) this.sample.push(row.slice());
    }
  }

  get mean(): Float64Array {
    return this.sums.map((sum) => sum / Math.max(1, this.rows));
  }

  /** Some of the rows. */
  get sampledRows(): readonly Float32Array[] {
    return this.sample;
  }
}

/** The statistics of the inputs that some matrices share. */
export class SeenInputs {
  /** By the names of the activations. */
  readonly seen: ReadonlyMap<string, SeenActivation>;
  /** Sums of the products of each two numbers of a row, row by row; undefined = none were given. */
  private products: Float64Array | undefined;

  constructor({ activations, width }: SharedInputs) {
    this.seen = new Map(activations.map((activation) => [activation, new SeenActivation(width)]));
  }

  add(activation: string, rows: Float32Array, products: Float32Array | undefined): void {
    this.seen.get(activation)?.add(rows);
    if (products === undefined) return;
    this.products ??= new Float64Array(products.length);
    for (let at = 0; at < products.length; at++) this.products[at] = (this.products[at] ?? 0) + (products[at] ?? 0);
  }

  /** Around the mean of each activation, which a bias makes up for; undefined = no products were given. */
  covariance(): Float64Array | undefined {
    const covariance = this.products?.slice();
    const seen = [...this.seen.values()];
    const total = Math.max(
      1,
      seen.reduce((sum, { rows }) => sum + rows, 0),
    );
    if (covariance !== undefined) for (const { mean, rows } of seen) subtractProducts(covariance, mean, rows);
    return covariance?.map((sum) => sum / total);
  }
}

function subtractProducts(sums: Float64Array, vector: Float64Array, times: number): void {
  const size = vector.length;
  vector.forEach((left, row) => {
    vector.forEach((right, column) => {
      const at = row * size + column;
      sums[at] = (sums[at] ?? 0) - times * left * right;
    });
  });
}
