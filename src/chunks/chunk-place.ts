/** The place of a chunk in its document. */
export interface ChunkPlace {
  /** Counted from 0 in each document. */
  readonly chunk: number;
  /** Characters (Unicode code points) of the document before the chunk, as Python and SQL count them. */
  readonly start: number;
  /** Characters of the document before the end of the chunk. */
  readonly end: number;
}
