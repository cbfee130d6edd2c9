import { isOfLevels, OUTPUT_TYPES, type OutputType, type VectorRanges } from '../vectors/index.js';

/** The types that vectors of a model can have. */
export function outputTypesOf(ranges: VectorRanges | undefined): readonly OutputType[] {
  return ranges === undefined ? OUTPUT_TYPES.filter((type) => !isOfLevels(type)) : OUTPUT_TYPES;
}

/** The fault of a type that is asked for, if the model's whole vectors cannot have it; undefined = none. */
export function faultOfOutputType(type: string, model: string, ranges: VectorRanges | undefined): string | undefined {
  const known = OUTPUT_TYPES.find((name) => name === type);
  if (known === undefined) return `must be one of ${OUTPUT_TYPES.join(', ')}`;
  if (outputTypesOf(ranges).includes(known)) return undefined;
  return `cannot be ${known}: the ranges of ${model} were not measured; use float or binary`;
}
