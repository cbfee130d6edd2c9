import type { Row } from '../rows/row.js';
import type { TextVector } from '../embedder/text-embedder.port.js';

/** The outcome of one row; a string is its fault. */
export interface Result {
  readonly row: Row;
  readonly outcome: TextVector | string;
}
