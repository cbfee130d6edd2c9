/** How long chunks are, in tokens of the model. */
export interface ChunkSize {
  /** The most tokens of a chunk as the model reads it: with its title, the prompt and special tokens. */
  readonly tokens: number;
  /** The most tokens at the end of a chunk that the next one repeats. */
  readonly overlap: number;
}

/** The fault of one of the numbers; its field is the name of the number. Undefined = none. */
export function faultOfChunkSize(
  { tokens, overlap }: ChunkSize,
  maxTokens: number,
): { readonly field: keyof ChunkSize; readonly message: string } | undefined {
  if (!isWholeNumber(tokens, 1, maxTokens))
    return { field: 'tokens', message: `must be a whole number from 1 to ${maxTokens}, the most that the model reads` };
  const most = Math.floor(tokens / 2); // otherwise a short text could have chunks of a thousand times its length
  if (!isWholeNumber(overlap, 0, most))
    return { field: 'overlap', message: `must be a whole number from 0 to ${most}, half of the tokens of a chunk` };
  return undefined;
}

function isWholeNumber(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
