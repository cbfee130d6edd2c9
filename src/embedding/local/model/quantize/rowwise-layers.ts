import { FLOAT32, INT8, UINT8 } from '../onnx/onnx-fields.js';
import { bytesOf, MICROSOFT, type GraphWriter } from './graph-writer.js';
import { columnScales, int8Columns, int8Rows, rowScales, type NamedMatrix } from './int8-weights.js';
import { MOST_ACTIVATION, USUAL_ACTIVATION, type Tuning } from './tuning.js';

/** Keeps the scale of a row of zeros above zero. */
const TINY = 1e-12;
/** From these versions on, operators take axes as an input, and QuantizeLinear takes a scale for each row. */
const OPSET = { reduceAxesAreInputs: 18, squeezeAxesAreInputs: 13, quantizesRows: 13 } as const;

/** Bytes of one number. */
const BYTES = { [INT8]: 1, [FLOAT32]: 4 } as const;

/** The name of a value that belongs to an activation. */
type Naming = (what: string) => string;

interface Rows {
  readonly integers: string;
  /** One for each row, as a column. */
  readonly scale: string;
  readonly zeroPoint: number;
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
    private readonly tuning: Tuning,
  ) {}

  /** An activation times a constant matrix. `factor` multiplies the product. */
  linear(input: string, weight: NamedMatrix, output: string, factor = 1): void {
    const { graph } = this;
    const { integers, scale, zeroPoint, leading } = this.rowsOf(input, weight.rows);
    const products = graph.node(
      'MatMulIntegerToFloat',
      [integers, ...this.columns(weight, factor), this.zeroPoint(zeroPoint)],
      `${output}/rowwise/columns`,
      { domain: MICROSOFT },
    );
    const product = graph.node('Mul', [products, scale], `${output}/rowwise/rows`);
    const width = graph.constant(`rowwise/width_${weight.columns}`, BigInt64Array.of(BigInt(weight.columns)));
    const shape = graph.node('Concat', [leading, width], `${output}/rowwise/restored_shape`, { attributes: { axis: 0 } });
    graph.node('Reshape', [product, shape], output);
  }

  private zeroPoint(value: number): string {
    const isUsual = value === USUAL_ACTIVATION.zeroPoint;
    return this.graph.constant(isUsual ? 'rowwise/zero_point' : `rowwise/zero_point_${value}`, Uint8Array.of(value), []);
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
    const tuned = this.tuning.weights.get(name);
    const scales = once(() => tuned?.scales ?? columnScales(matrix));
    const times = factor === 1 ? '' : `_times_${factor}`;
    return [
      this.weight(`${name}/rowwise/matrix`, [rows, columns], INT8, () => tuned?.integers ?? int8Columns(matrix, scales())),
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
    const { centre, zeroPoint } = this.tuning.activations.get(input) ?? USUAL_ACTIVATION;
    const shape = graph.constant(`rowwise/rows_of_${width}`, BigInt64Array.of(-1n, BigInt(width)));
    const flat = graph.node('Reshape', [input, shape], name('flat'));
    const rows = centre === undefined ? flat : graph.node('Sub', [flat, graph.constant(name('centre'), centre)], name('centred'));
    const scale = this.scaleOf(rows, zeroPoint, name);
    const rowScale = this.squeeze(scale, name('row_scale'));
    return {
      integers: this.quantize(rows, rowScale, { zeroPoint, name }),
      scale,
      zeroPoint,
      leading: this.leadingSizes(input, name),
    };
  }

  /** For each row, the scale with which its largest number fits above the zero point, and its smallest one below. */
  private scaleOf(rows: string, zeroPoint: number, name: Naming): string {
    const { graph } = this;
    const high = this.reduce('ReduceMax', rows, name('high'));
    const low = this.reduce('ReduceMin', rows, name('low'));
    const tiny = graph.constant('rowwise/tiny', Float32Array.of(TINY));
    if (zeroPoint === USUAL_ACTIVATION.zeroPoint) {
      const most = graph.node('Max', [high, graph.node('Neg', [low], name('minus_low')), tiny], name('most'));
      return graph.node('Mul', [most, this.inverse(MOST_ACTIVATION - zeroPoint, 'rowwise/inverse')], name('scale'));
    }
    const highScale = graph.node('Mul', [high, this.inverse(MOST_ACTIVATION - zeroPoint)], name('high_scale'));
    const lowScale = graph.node('Mul', [low, this.inverse(-zeroPoint)], name('low_scale'));
    return graph.node('Max', [highScale, lowScale, tiny], name('scale'));
  }

  private inverse(value: number, name = `rowwise/inverse_${value}`): string {
    return this.graph.constant(name, Float32Array.of(1 / value));
  }

  private quantize(rows: string, rowScale: string, { zeroPoint, name }: { readonly zeroPoint: number; readonly name: Naming }): string {
    const { graph } = this;
    const zeros = graph.node('Mul', [rowScale, graph.constant('rowwise/zero', Float32Array.of(0))], name('zeros'));
    const moved = graph.node('Add', [zeros, graph.constant(`rowwise/${zeroPoint}`, Float32Array.of(zeroPoint))], name('moved'));
    const zeroPoints = graph.node('Cast', [moved], name('zero_points'), { attributes: { to: UINT8 } });
    const domain = this.opset >= OPSET.quantizesRows ? {} : { domain: MICROSOFT };
    return graph.node('QuantizeLinear', [rows, rowScale, zeroPoints], name('integers'), { ...domain, attributes: { axis: 0 } });
  }

  private leadingSizes(input: string, name: Naming): string {
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
