import { doneWith, NOTHING_DONE, savedInWords, type Done, type RowOutput } from '../output/row-output.port.js';
import type { Result } from '../output/result.js';
import type { TableTarget } from '../output-target.js';
import type { RowSource } from '../rows/row.js';
import { Database } from './database.js';
import type { DocumentOptions } from './document-hash.js';
import { DocumentsInOrder, type Document } from './documents-in-order.js';
import type { Space } from './found-table.js';
import { NewDocuments } from './new-documents.js';
import { createIndex, openVectorTable, type VectorTable } from './vector-table.js';
import { writeDocuments } from './write-documents.js';

export interface PostgresOutputOptions {
  readonly target: TableTarget;
  readonly space: Space;
  readonly documentOptions: DocumentOptions;
  /** Whether documents that the table has are computed again. */
  readonly all: boolean;
  readonly signal: AbortSignal;
  /** Called before a long statement. */
  readonly say: (line: string) => void;
}

/**
 * A table of PostgreSQL with pgvector. Each document is written as a whole, in a transaction, with a hash of its text and of the
 * options, so the table itself says what another run need not do; nothing else remembers it.
 */
export class PostgresOutput implements RowOutput {
  done: Done = NOTHING_DONE;
  private readonly documents = new DocumentsInOrder();
  private saved = 0;
  private deleted: number | undefined;

  private constructor(
    private readonly options: PostgresOutputOptions,
    private readonly database: Database,
    private readonly table: VectorTable,
    private readonly known: NewDocuments,
  ) {}

  /** Rejects with a CommandError if the database cannot be used, or the table has another shape or another space. */
  static async open(options: PostgresOutputOptions): Promise<PostgresOutput> {
    const { target, space, signal } = options;
    const database = await Database.connect(target.url, signal);
    try {
      const table = await openVectorTable(database, target, space);
      const known = await NewDocuments.open(database, table, { options: options.documentOptions, all: options.all });
      return new PostgresOutput(options, database, table, known);
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  newOf(source: RowSource): RowSource {
    return this.known.of(source);
  }

  async append(results: readonly Result[]): Promise<void> {
    await this.write(this.documents.add(results));
    this.done = doneWith(this.done, results);
  }

  async finish(): Promise<void> {
    await this.write(this.documents.end());
    if (this.options.target.deletesMissing && this.known.withoutId === 0) this.deleted = await this.known.deleteMissing();
    await this.index();
    await this.database.close();
  }

  remarks(): readonly string[] {
    const { unchanged, withoutId } = this.known;
    const { deletesMissing } = this.options.target;
    return [
      ...(unchanged > 0 ? [`${unchanged} unchanged`] : []),
      ...(this.deleted === undefined ? [] : [`${this.deleted} deleted`]),
      ...(deletesMissing && withoutId > 0 ? [`nothing deleted, because the ids of ${withoutId} rows are not known`] : []),
    ];
  }

  async interrupt(): Promise<string | undefined> {
    await this.database.close();
    return this.saved === 0 ? undefined : `${savedInWords(this.saved)}: the same command continues`;
  }

  private async write(documents: readonly Document[]): Promise<void> {
    await writeDocuments(this.database, this.table, documents);
    for (const { rows } of documents) this.saved += rows.length;
  }

  private async index(): Promise<void> {
    const { isIndexed, operatorClass } = this.table;
    const { options } = this;
    if (isIndexed || !options.target.hasIndex) return;
    if (operatorClass === undefined) options.say(`vectors of ${options.space.dimensions} dimensions cannot have an index`);
    else {
      options.say('creating the index');
      await createIndex(this.database, this.table);
    }
  }
}
