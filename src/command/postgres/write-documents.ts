import { vectorJson } from '../../vectors/index.js';
import type { Database } from './database.js';
import type { Document, StoredRow } from './documents-in-order.js';
import { storedJson } from './stored-json.js';
import type { VectorTable } from './vector-table.js';

/** Rows in a statement; bounds the memory for its text. */
const ROWS_AT_ONCE = 512;

/** Replaces what the table has of these documents, in one transaction. */
export async function writeDocuments(database: Database, table: VectorTable, documents: readonly Document[]): Promise<void> {
  const written = documents.filter(({ rows }) => rows.length > 0);
  const rows = written.flatMap((document) => document.rows.map((row) => valuesOf(document, row)));
  if (rows.length === 0) return;
  await database.transaction(async () => {
    await database.query(
      `DELETE FROM ${table.sql} AS t
       WHERE id = ANY($1::text[])
         AND NOT EXISTS (SELECT FROM unnest($2::text[], $3::integer[]) AS n(id, chunk) WHERE n.id = t.id AND n.chunk = t.chunk)`,
      [written.map(({ id }) => id), rows.map(({ id }) => id), rows.map(({ chunk }) => chunk)],
    );
    for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) await insert(database, table, rows.slice(start, start + ROWS_AT_ONCE));
  });
}

interface Values {
  readonly id: string;
  readonly chunk: number;
  readonly start: number | null;
  readonly end: number | null;
  readonly text: string;
  readonly metadata: string;
  readonly truncated: boolean;
  readonly embedding: string;
  readonly hash: Buffer | null;
}

/** A document with a fault gets no hash, so that the next run computes it again. */
function valuesOf({ id, faults }: Document, { row, vector }: StoredRow): Values {
  const { place, text = '', kept, file, hash } = row;
  return {
    id,
    chunk: place?.chunk ?? 0,
    start: place?.start ?? null,
    end: place?.end ?? null,
    text: text.toWellFormed(),
    metadata: storedJson({ ...(file !== undefined && { file }), ...kept }),
    truncated: vector.truncated,
    embedding: vectorJson(vector.vector),
    hash: faults > 0 ? null : (hash ?? null),
  };
}

async function insert(database: Database, { sql, vectorSql }: VectorTable, rows: readonly Values[]): Promise<void> {
  await database.query(
    `INSERT INTO ${sql} AS t (id, chunk, start, "end", text, metadata, truncated, embedding, hash)
     SELECT id, chunk, start, "end", text, metadata::jsonb, truncated, embedding::${vectorSql}, hash
     FROM unnest($1::text[], $2::integer[], $3::integer[], $4::integer[], $5::text[], $6::text[], $7::boolean[], $8::text[], $9::bytea[])
       AS n(id, chunk, start, "end", text, metadata, truncated, embedding, hash)
     ON CONFLICT (id, chunk) DO UPDATE SET
       start = excluded.start, "end" = excluded."end", text = excluded.text, metadata = excluded.metadata,
       truncated = excluded.truncated, embedding = excluded.embedding, hash = excluded.hash`,
    [
      rows.map(({ id }) => id),
      rows.map(({ chunk }) => chunk),
      rows.map(({ start }) => start),
      rows.map(({ end }) => end),
      rows.map(({ text }) => text),
      rows.map(({ metadata }) => metadata),
      rows.map(({ truncated }) => truncated),
      rows.map(({ embedding }) => embedding),
      rows.map(({ hash }) => hash),
    ],
  );
}
