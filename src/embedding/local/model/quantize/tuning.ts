import type { Int8Weights } from './int8-weights.js';

/** How an activation becomes whole numbers from 0 to 255. */
export interface TunedActivation {
  /** Subtracted from each row before; undefined = nothing. */
  readonly centre: Float32Array | undefined;
  /** The whole number that stands for 0, between 1 and 254. */
  readonly zeroPoint: number;
}

/** The results of calibrating a model. Parts that it does not name stay as without calibration. */
export interface Tuning {
  /** By the name of the matrix. */
  readonly weights: ReadonlyMap<string, Int8Weights>;
  /** By the name of the activation. */
  readonly activations: ReadonlyMap<string, TunedActivation>;
  /** The numbers to add to the output of a layer, by the name of that output. */
  readonly corrections: ReadonlyMap<string, Float32Array>;
}

export const NO_TUNING: Tuning = { weights: new Map(), activations: new Map(), corrections: new Map() };
/** Without calibration, a row may reach as far below 0 as above. */
export const USUAL_ACTIVATION: TunedActivation = { centre: undefined, zeroPoint: 128 };
/** The largest whole number of an activation. */
export const MOST_ACTIVATION = 255;
