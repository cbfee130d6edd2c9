import { UsageError } from '../command-error.js';

/** The parts of a table's name, as PostgreSQL stores them. */
export interface TableName {
  /** Undefined = the first schema of the search path. */
  readonly schema: string | undefined;
  readonly table: string;
}

/** PostgreSQL would cut off the rest. */
const MOST_BYTES = 63;
const PART = String.raw`[\p{L}_][\p{L}\p{N}_$]*|"(?:[^"\0]|"")+"`;
const NAME = new RegExp(String.raw`^(?:(?<schema>${PART})\.)?(?<table>${PART})$`, 'u');

/** Reads a name as SQL does: without double quotes it becomes lower case. Throws a UsageError. */
export function tableName(written: string): TableName {
  const { schema, table } = NAME.exec(written)?.groups ?? {};
  if (table === undefined)
    throw new UsageError(
      `--table ${written} is not the name of a table: write docs, search.docs, or other names as in SQL, such as '"My docs"'`,
    );
  const name = { schema: schema === undefined ? undefined : stored(schema), table: stored(table) };
  const long = [name.schema, name.table].find((part) => part !== undefined && Buffer.byteLength(part) > MOST_BYTES);
  if (long !== undefined) throw new UsageError(`--table has the name ${long}, and names in PostgreSQL have at most ${MOST_BYTES} bytes`);
  return name;
}

/** The name in SQL. */
export function quoted({ schema, table }: TableName): string {
  return schema === undefined ? quote(table) : `${quote(schema)}.${quote(table)}`;
}

export function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

function stored(part: string): string {
  return part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toLowerCase();
}
