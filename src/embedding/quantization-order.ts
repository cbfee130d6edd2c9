/** The options of `quantize`. */
export interface QuantizationOrder {
  /** A new folder for the model. */
  readonly out: string;
  /** Texts to compare fp32 with int8; undefined = those kept apart from the calibration, or else the project's own. */
  readonly texts: readonly string[] | undefined;
  /** Texts to calibrate the weights with; undefined = no calibration. */
  readonly calibration: readonly string[] | undefined;
}
