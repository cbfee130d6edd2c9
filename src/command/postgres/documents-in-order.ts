import type { Result } from '../output/result.js';
import type { TextVector } from '../embedder/text-embedder.port.js';
import type { Row } from '../rows/row.js';
import { idOf } from './new-documents.js';

export interface StoredRow {
  readonly row: Row;
  readonly vector: TextVector;
}

/** A document with all of its chunks. */
export interface Document {
  readonly id: string;
  readonly rows: StoredRow[];
  /** Counts its rows that have a fault. */
  faults: number;
}

/** Puts chunks together, so that a document is written as a whole. Holds one document at most. */
export class DocumentsInOrder {
  private open: Document | undefined;

  /** The documents that are complete with these results. */
  add(results: readonly Result[]): readonly Document[] {
    return results.flatMap((result) => this.addOne(result));
  }

  /** The last document. */
  end(): readonly Document[] {
    const last = this.open;
    this.open = undefined;
    return last === undefined ? [] : [last];
  }

  private addOne({ row, outcome }: Result): readonly Document[] {
    const id = idOf(row);
    const isChunk = row.place !== undefined;
    if (id === undefined || (!isChunk && typeof outcome === 'string')) return []; // what the table has of it stays
    const before = this.open?.id === id ? [] : this.end();
    this.open ??= { id, rows: [], faults: 0 };
    if (typeof outcome === 'string') this.open.faults++;
    else this.open.rows.push({ row, vector: outcome });
    return isChunk ? before : [...before, ...this.end()];
  }
}
