import type { TextEmbedder } from '../embedder/text-embedder.port.js';
import type { Database } from './database.js';
import type { VectorType } from './vector-type.js';

/** The space of the vectors that a run computes. */
export type Space = Pick<TextEmbedder, 'model' | 'space' | 'dimensions'>;

/** The facts about a table in the database. */
export interface FoundTable {
  /** `r` = a table, `p` = a partitioned table (pg_class.relkind). */
  readonly kind: string;
  /** Undefined = no comment. */
  readonly comment: string | undefined;
  readonly isEmpty: boolean;
  /** The types of the columns, by name. */
  readonly columns: ReadonlyMap<string, string>;
  /** The dimensions of the column `embedding`; -1 = any number. */
  readonly dimensions: number;
  /** Whether no two rows can have the same id and chunk. */
  readonly isKeyed: boolean;
  /** Whether the column of the vectors has an index. */
  readonly isIndexed: boolean;
}

/** The columns that the command writes. A table may have others, with defaults. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  id: ['text'],
  chunk: ['int4'],
  start: ['int4'],
  end: ['int4'],
  text: ['text'],
  metadata: ['jsonb'],
  truncated: ['bool'],
  embedding: ['vector', 'halfvec'],
  hash: ['bytea'],
};

/** Undefined = there is no such table. `sql`: its name in SQL. */
export async function readTable(database: Database, sql: string): Promise<FoundTable | undefined> {
  const [table] = await database.query<{ oid: number; kind: string; comment: string | null }>(
    "SELECT oid, relkind AS kind, obj_description(oid, 'pg_class') AS comment FROM pg_class WHERE oid = to_regclass($1)",
    [sql],
  );
  if (table === undefined) return undefined;
  const columns = await database.query<{ name: string; type: string; size: number }>(
    `SELECT a.attname AS name, t.typname AS type, a.atttypmod AS size
     FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
     WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped`,
    [table.oid],
  );
  const indexes = await database.query<Index>(
    `SELECT i.indisunique AND i.indpred IS NULL AND i.indisvalid AS is_unique,
       ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey) ORDER BY 1) AS names
     FROM pg_index i WHERE i.indrelid = $1`,
    [table.oid],
  );
  return {
    kind: table.kind,
    comment: table.comment ?? undefined,
    isEmpty: (await database.query(`SELECT FROM ${sql} LIMIT 1`)).length === 0,
    columns: new Map(columns.map(({ name, type }) => [name, type])),
    dimensions: columns.find(({ name }) => name === 'embedding')?.size ?? -1,
    isKeyed: indexes.some((index) => index.is_unique && covers(index, 'chunk', 'id')),
    isIndexed: indexes.some((index) => covers(index, 'embedding')),
  };
}

interface Index {
  readonly is_unique: boolean;
  /** Of its columns, sorted. */
  readonly names: readonly string[];
}

function covers(index: Index, ...names: readonly string[]): boolean {
  return index.names.join() === names.join();
}

interface Wanted {
  readonly space: Space;
  /** Undefined = either. */
  readonly vectorType: VectorType | undefined;
}

/** Why the table cannot take these vectors, and what to do; goes on after the name of the table. */
export function faultOfTable(table: FoundTable, { space, vectorType }: Wanted): string | undefined {
  return faultOfShape(table) ?? faultOfSpace(table, space) ?? faultOfVectors(table, { space, vectorType });
}

const OTHER_TABLE = 'choose another --table';

function faultOfShape({ kind, columns, isKeyed }: FoundTable): string | undefined {
  if (kind !== 'r' && kind !== 'p') return `is no table: ${OTHER_TABLE}`;
  for (const [name, types] of Object.entries(COLUMNS)) {
    const type = columns.get(name);
    if (type === undefined) return `has no column ${name}, so another program made it: ${OTHER_TABLE}`;
    if (!types.includes(type)) return `has a column ${name} of the type ${type} instead of ${types.join(' or ')}: ${OTHER_TABLE}`;
  }
  return isKeyed ? undefined : `has no primary key (id, chunk): add it, or ${OTHER_TABLE}`;
}

function faultOfSpace({ comment, isEmpty }: FoundTable, wanted: Space): string | undefined {
  const space = /^Vectors of (?<model>.+), space (?<space>[0-9a-f]+)\b/m.exec(comment ?? '')?.groups;
  if (space?.['space'] === wanted.space) return undefined;
  if (space !== undefined)
    return `has vectors of ${space['model']} (space ${space['space']}), and this run computes those of ${wanted.model} (space ${wanted.space}), which cannot be compared: ${OTHER_TABLE}, choose the model and settings of the table, or drop the table`;
  if (isEmpty && comment === undefined) return undefined;
  return `has no comment that says which model made its vectors: ${OTHER_TABLE}; or, if they are of this model, begin its comment with '${spaceInWords(wanted)}'`;
}

function faultOfVectors({ columns, dimensions }: FoundTable, { space, vectorType }: Wanted): string | undefined {
  const type = columns.get('embedding');
  if (vectorType !== undefined && type !== vectorType) return `has vectors of the type ${type}: leave out --vector-type, or ${OTHER_TABLE}`;
  if (dimensions === space.dimensions) return undefined;
  return `has vectors of ${dimensions} dimensions, and ${space.model} has ${space.dimensions}: ${OTHER_TABLE}`;
}

export function spaceInWords({ model, space }: Space): string {
  return `Vectors of ${model}, space ${space}`;
}
