import { CommandError } from '../command-error.js';
import type { Database } from './database.js';

/** Creates the extension pgvector in the database, if it is not there. Resolves to the schema of its types. */
export async function ensureVectorExtension(database: Database): Promise<string> {
  const schema = await schemaOfExtension(database);
  if (schema !== undefined) return schema;
  const [available] = await database.query("SELECT FROM pg_available_extensions WHERE name = 'vector'");
  if (available === undefined)
    throw new CommandError(`${database.name}: the server has no pgvector: install it (https://github.com/pgvector/pgvector#installation)`);
  await create(database);
  return (await schemaOfExtension(database)) ?? 'public';
}

async function create(database: Database): Promise<void> {
  try {
    await database.query('CREATE EXTENSION IF NOT EXISTS vector');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${reason}; or let an administrator run CREATE EXTENSION vector in this database`, { cause: error });
  }
}

async function schemaOfExtension(database: Database): Promise<string | undefined> {
  const [row] = await database.query<{ schema: string }>(
    "SELECT n.nspname AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector'",
  );
  return row?.schema;
}
