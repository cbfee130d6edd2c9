/** What `quantize` is to do. */
export interface QuantizationOrder {
  /** A new folder for the model. */
  readonly out: string;
  /** Texts to compare fp32 with int8; undefined = the project's own. */
  readonly texts: readonly string[] | undefined;
}
