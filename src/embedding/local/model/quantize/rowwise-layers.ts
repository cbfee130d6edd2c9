import { FLOAT32, INT8, UINT8 } from '../onnx/onnx-fields.js';
import { bytesOf, MICROSOFT, type GraphWriter } from './graph-writer.js';
import { columnScales, int8Columns, int8Rows, rowScales, type Matrix } from './int8-weights.js';

/** Keeps the scale of a row of zeros above zero. */
const TINY = 1e-12;
/** A row lies between -127 and 127 times its scale, moved by 128. */
const MOST_ACTIVATION = 127;
const ZERO_POINT = 128;
/** From these versions on, operators take axes as an input, and QuantizeLinear takes a scale for each row. */
const OPSET = { reduceAxesAreInputs: 18, squeezeAxesAreInputs: 13, quantizesRows: 13 } as const;

/** Bytes of one number. */
const BYTES = { [INT8]: 1, [FLOAT32]: 4 } as const;

type NamedMatrix = Matrix & { readonly name: string };

interface Rows {
  readonly integers: string;
  /** One for each row, as a column. */
  readonly scale: string;
  /** The sizes of the activation before its last one. */
  readonly leading: string;
}

/**
 * Writes layers whose activations are quantized row by row: every token has a scale of its own, so its integers do not depend
 * on the texts beside it. Layers that read the same activation share its integers.
 */
export class RowwiseLayers {
  private readonly rows = new Map<string, Rows>();

  constructor(
    private readonly graph: GraphWriter,
    private readonly opset: number,
  ) {}

  /** An activation times a constant matrix. `factor` multiplies the product. */
  linear(input: string, weight: NamedMatrix, output: string, factor = 1): void {
    const { graph } = this;
    const { integers, scale, leading } = this.rowsOf(input, weight.rows);
    const products = graph.node(
      'MatMulIntegerToFloat',
      [integers, ...this.columns(weight, factor), graph.constant('rowwise/zero_point', Uint8Array.of(ZERO_POINT), [])],
      `${output}/rowwise/columns`,
      { domain: MICROSOFT },
    );
    const product = graph.node('Mul', [products, scale], `${output}/rowwise/rows`);
    const width = graph.constant(`rowwise/width_${weight.columns}`, BigInt64Array.of(BigInt(weight.columns)));
    const shape = graph.node('Concat', [leading, width], `${output}/rowwise/restored_shape`, { attributes: { axis: 0 } });
    graph.node('Reshape', [product, shape], output);
  }

  /** Rows of a constant table. */
  lookup(table: NamedMatrix, ids: string, output: string): void {
    const { graph } = this;
    const { name, rows, columns } = table;
    const scales = once(() => rowScales(table));
    const integers = this.weight(`${name}/rowwise/table`, [rows, columns], INT8, () => int8Rows(table, scales()));
    const scale = this.weight(`${name}/rowwise/table_scale`, [rows, 1], FLOAT32, scales);
    const found = graph.node('Gather', [integers, ids], `${output}/rowwise/found`);
    const numbers = graph.node('Cast', [found], `${output}/rowwise/found_float`, { attributes: { to: FLOAT32 } });
    graph.node('Mul', [numbers, graph.node('Gather', [scale, ids], `${output}/rowwise/found_scale`)], output);
  }

  /** The integers of a weight, the scale of activations (which `rowsOf` applies) and the scales of its columns. */
  private columns(matrix: NamedMatrix, factor: number): readonly string[] {
    const { name, rows, columns } = matrix;
    const scales = once(() => columnScales(matrix));
    const times = factor === 1 ? '' : `_times_${factor}`;
    return [
      this.weight(`${name}/rowwise/matrix`, [rows, columns], INT8, () => int8Columns(matrix, scales())),
      this.graph.constant('rowwise/one', Float32Array.of(1), []),
      this.weight(`${name}/rowwise/matrix_scale${times}`, [columns], FLOAT32, () => scales().map((scale) => scale * factor)),
    ];
  }

  /** Adds a constant that is made when it is written, and returns its name. */
  private weight(name: string, shape: readonly number[], type: keyof typeof BYTES, numbers: () => ArrayBufferView): string {
    const byteLength = shape.reduce((product, size) => product * size, BYTES[type]);
    return this.graph.tensor({ name, shape, type, byteLength, numbers: () => bytesOf(numbers()) });
  }

  private rowsOf(input: string, width: number): Rows {
    const known = this.rows.get(input) ?? this.quantizeRows(input, width);
    this.rows.set(input, known);
    return known;
  }

  private quantizeRows(input: string, width: number): Rows {
    const { graph } = this;
    const name = (what: string): string => `${input}/rowwise/${what}`;
    const shape = graph.constant(`rowwise/rows_of_${width}`, BigInt64Array.of(-1n, BigInt(width)));
    const flat = graph.node('Reshape', [input, shape], name('flat'));
    const high = this.reduce('ReduceMax', flat, name('high'));
    const low = graph.node('Neg', [this.reduce('ReduceMin', flat, name('low'))], name('minus_low'));
    const tiny = graph.constant('rowwise/tiny', Float32Array.of(TINY));
    const most = graph.node('Max', [high, low, tiny], name('most'));
    const scale = graph.node('Mul', [most, graph.constant('rowwise/inverse', Float32Array.of(1 / MOST_ACTIVATION))], name('scale'));
    const rowScale = this.squeeze(scale, name('row_scale'));
    return { integers: this.quantize(flat, rowScale, name), scale, leading: this.leadingSizes(input, name) };
  }

  private quantize(flat: string, rowScale: string, name: (what: string) => string): string {
    const { graph } = this;
    const zeros = graph.node('Mul', [rowScale, graph.constant('rowwise/zero', Float32Array.of(0))], name('zeros'));
    const moved = graph.node('Add', [zeros, graph.constant('rowwise/128', Float32Array.of(ZERO_POINT))], name('moved'));
    const zeroPoints = graph.node('Cast', [moved], name('zero_points'), { attributes: { to: UINT8 } });
    const domain = this.opset >= OPSET.quantizesRows ? {} : { domain: MICROSOFT };
    return graph.node('QuantizeLinear', [flat, rowScale, zeroPoints], name('integers'), { ...domain, attributes: { axis: 0 } });
  }

  private leadingSizes(input: string, name: (what: string) => string): string {
    const { graph } = this;
    const shape = graph.node('Shape', [input], name('shape'));
    const ends = Object.entries({ from: 0n, to: -1n, axis: 0n }).map(([end, value]) =>
      graph.constant(`rowwise/${end}`, BigInt64Array.of(value)),
    );
    return graph.node('Slice', [shape, ...ends], name('leading'));
  }

  private reduce(operator: 'ReduceMax' | 'ReduceMin', input: string, output: string): string {
    if (this.opset < OPSET.reduceAxesAreInputs)
      return this.graph.node(operator, [input], output, { attributes: { axes: [1], keepdims: 1 } });
    return this.graph.node(operator, [input, this.axisOne()], output, { attributes: { keepdims: 1 } });
  }

  private squeeze(input: string, output: string): string {
    if (this.opset < OPSET.squeezeAxesAreInputs) return this.graph.node('Squeeze', [input], output, { attributes: { axes: [1] } });
    return this.graph.node('Squeeze', [input, this.axisOne()], output);
  }

  private axisOne(): string {
    return this.graph.constant('rowwise/axis_1', BigInt64Array.of(1n));
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
