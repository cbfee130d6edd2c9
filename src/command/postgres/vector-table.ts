import { UsageError } from '../command-error.js';
import type { TableTarget } from '../output-target.js';
import type { Database } from './database.js';
import { faultOfTable, readTable, spaceInWords, type FoundTable, type Space } from './found-table.js';
import { ensureVectorExtension } from './vector-extension.js';
import { quote, quoted } from './table-name.js';
import { canBeIndexed, MOST_DIMENSIONS, usualVectorType, type VectorType } from './vector-type.js';

/** A table that takes vectors of one space. */
export interface VectorTable {
  /** The name in SQL. */
  readonly sql: string;
  /** The type of the vectors in SQL. */
  readonly vectorSql: string;
  /** The operator class of an index for the cosine; undefined = the vectors are too large for an index. */
  readonly operatorClass: string | undefined;
  /** Whether the column of the vectors has an index. */
  readonly isIndexed: boolean;
}

/**
 * Opens the table, or creates it, and keeps other runs away from it until the session ends. Throws a UsageError if the table has
 * another shape, or vectors of another space.
 */
export async function openVectorTable(database: Database, { name, vectorType }: TableTarget, space: Space): Promise<VectorTable> {
  await checkSchema(database, name.schema);
  await database.query(
    "SELECT pg_advisory_lock(hashtextextended('embedding-pipeline ' || coalesce($1, current_schema()) || '.' || $2, 0))",
    [name.schema, name.table],
  );
  const types = await ensureVectorExtension(database);
  const sql = quoted(name);
  const found = await readTable(database, sql);
  if (found === undefined) {
    if (space.dimensions > MOST_DIMENSIONS)
      throw new UsageError(`${space.model} has vectors of ${space.dimensions} dimensions, and a column takes ${MOST_DIMENSIONS}`);
    const type = vectorType ?? usualVectorType(space.dimensions);
    await createTable(database, { sql, vectorSql: vectorSqlOf(types, type, space) }, space);
    return { sql, isIndexed: false, ...partsOf(types, type, space) };
  }
  const fault = faultOfTable(found, { space, vectorType });
  if (fault !== undefined) throw new UsageError(`table ${sql} ${fault}`);
  if (found.comment === undefined) await comment(database, sql, space);
  return { sql, isIndexed: found.isIndexed, ...partsOf(types, typeOf(found), space) };
}

/** Creates the index for nearest neighbours by cosine. */
export async function createIndex(database: Database, { sql, operatorClass }: VectorTable): Promise<void> {
  if (operatorClass !== undefined) await database.queryWithoutTimeout(`CREATE INDEX ON ${sql} USING hnsw (embedding ${operatorClass})`);
}

async function checkSchema(database: Database, schema: string | undefined): Promise<void> {
  const [found] = await database.query<{ there: boolean }>(
    'SELECT to_regnamespace(quote_ident(coalesce($1, current_schema()))) IS NOT NULL AS there',
    [schema],
  );
  if (found?.there === true) return;
  throw new UsageError(
    schema === undefined
      ? `${database.name} has no schema in the search path of this user: name one in --table`
      : `${database.name} has no schema ${schema}: create it, for example with CREATE SCHEMA ${quote(schema)}`,
  );
}

async function createTable(database: Database, { sql, vectorSql }: Pick<VectorTable, 'sql' | 'vectorSql'>, space: Space): Promise<void> {
  await database.transaction(async () => {
    await database.query(`
      CREATE TABLE ${sql} (
        id text NOT NULL,
        chunk integer NOT NULL DEFAULT 0,
        start integer,
        "end" integer,
        text text NOT NULL,
        metadata jsonb NOT NULL DEFAULT '{}',
        truncated boolean NOT NULL,
        embedding ${vectorSql} NOT NULL,
        hash bytea,
        PRIMARY KEY (id, chunk)
      )`);
    await comment(database, sql, space);
  });
}

async function comment(database: Database, sql: string, space: Space): Promise<void> {
  const text = `${spaceInWords(space)}; embedding-pipeline reads this comment`;
  await database.query(`COMMENT ON TABLE ${sql} IS '${text.replaceAll("'", "''")}'`);
}

function typeOf({ columns }: FoundTable): VectorType {
  return columns.get('embedding') === 'halfvec' ? 'halfvec' : 'vector';
}

/** `schema`: that of the extension, which need not be in the search path. */
function partsOf(schema: string, type: VectorType, space: Space): Pick<VectorTable, 'vectorSql' | 'operatorClass'> {
  const operatorClass = canBeIndexed(type, space.dimensions) ? `${quote(schema)}.${type}_cosine_ops` : undefined;
  return { vectorSql: vectorSqlOf(schema, type, space), operatorClass };
}

function vectorSqlOf(schema: string, type: VectorType, { dimensions }: Space): string {
  return `${quote(schema)}.${type}(${dimensions})`;
}
