import type { Row } from '../rows/row.js';
import type { TextVector } from '../embedder/text-embedder.port.js';

/** What came of one row; a fault is a string. */
export interface Result {
  readonly row: Row;
  readonly outcome: TextVector | string;
}
