import { rowWithFault, type Row, type RowSource } from '../rows/row.js';
import type { Database } from './database.js';
import { documentHash, type DocumentOptions } from './document-hash.js';
import { storedJson } from './stored-json.js';
import type { VectorTable } from './vector-table.js';

/** Documents that are looked up at a time. */
const MOST_AT_ONCE = 256;
const MOST_CHARACTERS = 4 * 1024 * 1024;

/** Well below what an index of PostgreSQL takes. */
const MOST_ID_BYTES = 2_000;
/** The escape of the character, and not an escaped backslash before the same letters. */
const ZERO_IN_JSON = /(?:^|[^\\])(?:\\\\)*\\u0000/;

/** Names of temporary tables are of the session. */
const SEEN = 'pg_temp.embedding_pipeline_seen';

interface NewDocumentsOptions {
  readonly options: DocumentOptions;
  /** Whether documents that the table has are computed again. */
  readonly all: boolean;
}

/**
 * Finds the documents that the table does not have, or not as they are. Remembers the ids of all documents in a temporary table,
 * so that the memory of this process does not grow with them.
 */
export class NewDocuments {
  /** Counts the documents that the table has as they are. */
  unchanged = 0;
  /** Counts the rows without an id. Their rows in the table cannot be found. */
  withoutId = 0;

  private constructor(
    private readonly database: Database,
    private readonly table: VectorTable,
    private readonly how: NewDocumentsOptions,
  ) {}

  static async open(database: Database, table: VectorTable, how: NewDocumentsOptions): Promise<NewDocuments> {
    await database.query(`CREATE TEMPORARY TABLE embedding_pipeline_seen (id text PRIMARY KEY)`);
    return new NewDocuments(database, table, how);
  }

  /** The documents to embed, with their hashes. A document that cannot be stored has a fault. */
  of(source: RowSource): RowSource {
    const read = { fraction: source.progress() };
    return { rows: this.read(source, read), progress: () => read.fraction };
  }

  /** Deletes the rows of ids that were not among the documents. Resolves to the number of ids. */
  async deleteMissing(): Promise<number> {
    const { sql } = this.table;
    await this.database.query(`ANALYZE ${SEEN}`);
    const [row] = await this.database.queryWithoutTimeout<{ count: number }>(`
      WITH gone AS (
        DELETE FROM ${sql} AS t WHERE NOT EXISTS (SELECT FROM ${SEEN} AS seen WHERE seen.id = t.id) RETURNING id
      ) SELECT count(DISTINCT id)::int AS count FROM gone`);
    return row?.count ?? 0;
  }

  private async *read(source: RowSource, read: { fraction: number | undefined }): AsyncGenerator<Row> {
    for await (const { rows, fraction } of groupsOf(source)) {
      const before = read.fraction;
      const documents = await this.newIn(rows);
      for (const [index, document] of documents.entries()) {
        yield document;
        if (before !== undefined && fraction !== undefined) read.fraction = before + ((fraction - before) * (index + 1)) / documents.length;
      }
      read.fraction = fraction;
    }
  }

  private async newIn(group: readonly Row[]): Promise<readonly Row[]> {
    const checked = group.map(checkedRow);
    const first = await this.see(checked);
    const hashes = await this.hashesOf(checked);
    return checked.flatMap((row): readonly Row[] => {
      const id = idOf(row);
      if (id === undefined) return [row];
      if (first.get(id) !== row) return [rowWithFault(row, `has the id ${id} of an earlier row`)];
      if (row.fault !== undefined) return [row];
      const hash = documentHash(row, this.how.options);
      if (!this.how.all && hashes.get(id)?.equals(hash) === true) {
        this.unchanged++;
        return [];
      }
      return [{ ...row, hash }];
    });
  }

  /** The first row of each id that no earlier row had. */
  private async see(rows: readonly Row[]): Promise<ReadonlyMap<string, Row>> {
    const first = new Map<string, Row>();
    for (const row of rows) {
      const id = idOf(row);
      if (id === undefined) this.withoutId++;
      else if (!first.has(id)) first.set(id, row);
    }
    const isNew = await this.database.query<{ id: string }>(
      `INSERT INTO ${SEEN} SELECT unnest($1::text[]) ON CONFLICT DO NOTHING RETURNING id`,
      [[...first.keys()]],
    );
    const news = new Set(isNew.map(({ id }) => id));
    return new Map([...first].filter(([id]) => news.has(id)));
  }

  private async hashesOf(rows: readonly Row[]): Promise<ReadonlyMap<string, Buffer>> {
    const ids = rows.flatMap((row) => idOf(row) ?? []);
    const known = await this.database.query<{ id: string; hash: Buffer | null }>(
      `SELECT id, hash FROM ${this.table.sql} WHERE chunk = 0 AND id = ANY($1::text[])`,
      [ids],
    );
    return new Map(known.flatMap(({ id, hash }) => (hash === null ? [] : [[id, hash] as const])));
  }
}

interface Group {
  readonly rows: readonly Row[];
  /** The share of the source that had been read with these rows. */
  readonly fraction: number | undefined;
}

async function* groupsOf(source: RowSource): AsyncGenerator<Group> {
  let rows: Row[] = [];
  let characters = 0;
  for await (const row of source.rows) {
    characters += row.text?.length ?? 0;
    if (rows.push(row) < MOST_AT_ONCE && characters < MOST_CHARACTERS) continue;
    yield { rows, fraction: source.progress() };
    rows = [];
    characters = 0;
  }
  yield { rows, fraction: source.progress() };
}

/** The id as the table has it. */
export function idOf({ id }: Row): string | undefined {
  return id === undefined ? undefined : String(id).toWellFormed();
}

/** A row that cannot be stored becomes one with a fault. */
function checkedRow(row: Row): Row {
  const id = idOf(row);
  if (id === undefined) return rowWithFault(row, row.fault ?? 'has no id');
  if (id.includes('\0') || Buffer.byteLength(id) > MOST_ID_BYTES) {
    const { id: _, ...others } = row;
    return rowWithFault(others, `has an id with over ${MOST_ID_BYTES} bytes or with a character of value 0`);
  }
  const hasZero = row.text?.includes('\0') === true || ZERO_IN_JSON.test(storedJson(row.kept ?? {}));
  return hasZero ? rowWithFault(row, 'has a character of value 0, which PostgreSQL does not store') : row;
}
