import { MOST_FOREIGN_TEXTS } from '../embed-api/index.js';

/** A text, the token ids of a text, or an array of these. `number[]` is one input, not many. */
export type EmbeddingInput = string | readonly unknown[];

/** One input as it was sent, and what errors call it. */
export interface NamedInput {
  readonly field: string;
  readonly value: unknown;
}

/** The fault of the input as a whole. Single inputs are checked later, because one that is wrong need not fail the others. */
export function faultOfInput(input: unknown): string | undefined {
  if (input === undefined || input === null) return 'is missing';
  if (typeof input === 'string') return undefined;
  if (!Array.isArray(input)) return 'must be a string, an array of token ids, or an array of either';
  if (isTokenIds(input) || (input.length > 0 && input.length <= MOST_FOREIGN_TEXTS)) return undefined;
  return `must hold 1 to ${MOST_FOREIGN_TEXTS} inputs, not ${input.length}`;
}

export function inputsOf(input: EmbeddingInput): readonly NamedInput[] {
  if (typeof input === 'string' || isTokenIds(input)) return [{ field: 'input', value: input }];
  return input.map((value, index) => ({ field: `input[${index}]`, value }));
}

function isTokenIds(input: readonly unknown[]): boolean {
  return typeof input[0] === 'number';
}
