import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { GraphRun } from '../inference/graph-run.js';
import type { ModelCard } from '../model/card/model-card.js';
import { OnnxDocument } from '../model/onnx/onnx-document.js';
import { Constants } from '../model/quantize/constants.js';
import { columnScales, int8Columns, rowByRow, type Int8Weights, type NamedMatrix } from '../model/quantize/int8-weights.js';
import { layersOf, type Layer } from '../model/quantize/layers.js';
import { USUAL_ACTIVATION, type TunedActivation, type Tuning } from '../model/quantize/tuning.js';
import { equalLengths } from './equal-lengths.js';
import { covarianceBytes, inParts, sharedInputs, type SharedInputs } from './shared-inputs.js';
import { SeenInputs } from './seen-inputs.js';
import { floatsOf, product } from './mean-products.js';
import { probeOutputs, writeProbeGraph, type Probe } from './probe-graph.js';
import { roundWithFeedback } from './round-with-feedback.js';
import { tunedActivation } from './tuned-activation.js';

/** Covariances that are in memory at the same time. */
const MOST_COVARIANCE_BYTES = 512 * 2 ** 20;
/** Tokens that run together: enough to keep the cores busy. */
const MOST_GROUP_TOKENS = 1_024;

export interface CalibrateOptions {
  /** A folder for files that are needed meanwhile. */
  readonly folder: string;
  /** Told after each matrix. */
  readonly onProgress: (matrices: number, all: number) => void;
  /** A matrix whose inputs have a larger covariance is rounded to the nearest. */
  readonly mostCovarianceBytes?: number;
}

/**
 * Runs an fp32 model on texts, given as token ids, and finds better weights than the nearest ones: those with the least error
 * of the products for such texts.
 */
export async function calibrate(card: ModelCard, texts: readonly Int32Array[], options: CalibrateOptions): Promise<Tuning> {
  const document = new OnnxDocument(card.graph.file);
  try {
    return await new Calibration(document, card, options).run(equalLengths(texts, MOST_GROUP_TOKENS));
  } finally {
    document.close();
  }
}

class Calibration {
  private readonly layers: readonly Layer[];
  private readonly weights = new Map<string, Int8Weights>();
  private readonly activations = new Map<string, TunedActivation>();
  private readonly corrections = new Map<string, Float32Array>();
  private readonly matrixCount: number;
  private matricesDone = 0;

  constructor(
    private readonly document: OnnxDocument,
    private readonly card: ModelCard,
    private readonly options: CalibrateOptions,
  ) {
    this.layers = layersOf(document, new Constants(document));
    this.matrixCount = new Set(this.layers.map(({ weight }) => weight.name)).size;
  }

  async run(groups: readonly (readonly Int32Array[])[]): Promise<Tuning> {
    const parts = inParts(sharedInputs(this.layers), MOST_COVARIANCE_BYTES);
    for (const part of parts) {
      const seen = await this.see(part, groups);
      for (const [inputs, each] of seen) this.tune(inputs, each);
    }
    return { weights: this.weights, activations: this.activations, corrections: this.corrections };
  }

  /** Runs the texts, and collects what the inputs are like. */
  private async see(
    part: readonly SharedInputs[],
    groups: readonly (readonly Int32Array[])[],
  ): Promise<ReadonlyMap<SharedInputs, SeenInputs>> {
    const seen = new Map(part.map((inputs) => [inputs, new SeenInputs(inputs)]));
    const path = join(this.options.folder, 'probe.onnx');
    const probes = new Map(part.flatMap((inputs) => this.probesOf(inputs)).map((probe) => [probe.activation, probe]));
    await writeProbeGraph(this.document, [...probes.values()], path);
    const run = await GraphRun.open(path, this.card);
    try {
      for (const group of groups) {
        const outputs = await run.run(group);
        for (const [inputs, each] of seen) this.addTo(each, inputs, outputs);
      }
    } finally {
      await run.release();
      for (const file of [path, `${path}_data`]) rmSync(file, { force: true });
    }
    return seen;
  }

  private addTo(seen: SeenInputs, inputs: SharedInputs, outputs: ReadonlyMap<string, Float32Array>): void {
    for (const probe of this.probesOf(inputs)) {
      const { rows, products = '' } = probeOutputs(probe);
      seen.add(probe.activation, outputs.get(rows) ?? new Float32Array(), outputs.get(products));
    }
  }

  private probesOf(inputs: SharedInputs): readonly Probe[] {
    const { mostCovarianceBytes = MOST_COVARIANCE_BYTES } = this.options;
    const withProducts = covarianceBytes(inputs) <= mostCovarianceBytes;
    return inputs.activations.map((activation) => ({ activation, width: inputs.width, withProducts }));
  }

  private tune(inputs: SharedInputs, seen: SeenInputs): void {
    for (const [name, { sampledRows, mean }] of seen.seen) this.activations.set(name, tunedActivation(sampledRows, mean));
    const covariance = seen.covariance();
    for (const matrix of inputs.matrices) {
      const weights = covariance === undefined ? nearest(matrix) : roundWithFeedback(matrix, covariance);
      if (covariance !== undefined) this.weights.set(matrix.name, weights);
      for (const layer of this.layers.filter(({ weight }) => weight.name === matrix.name)) this.correct(layer, seen, weights);
      this.options.onProgress(++this.matricesDone, this.matrixCount);
    }
  }

  /** Adds to a layer what its mean output lacks. */
  private correct({ input, weight, output, factor }: Layer, { seen }: SeenInputs, weights: Int8Weights): void {
    const mean = seen.get(input)?.mean ?? new Float64Array(weight.rows);
    const { centre } = this.activations.get(input) ?? USUAL_ACTIVATION;
    const centred = mean.map((value, at) => value - (centre?.[at] ?? 0));
    const wanted = product(mean, rowByRow(weight));
    const found = product(centred, floatsOf(weights));
    this.corrections.set(
      output,
      Float32Array.from(wanted, (value, at) => factor * (value - (found[at] ?? 0))),
    );
  }
}

function nearest(matrix: NamedMatrix): Int8Weights {
  const scales = columnScales(matrix);
  return { integers: int8Columns(matrix, scales), scales };
}
