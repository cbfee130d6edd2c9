import { CommandError, UsageError } from '../command-error.js';
import { faultOfDatabase } from './database-fault.js';

const CONNECT_TIMEOUT_MS = 10_000;
/** The database ends a statement that takes longer. */
const STATEMENT_TIMEOUT_MS = 300_000;
/** The other statements wait no longer for a lock of another session. */
const LOCK_TIMEOUT_MS = 60_000;

/** So that a database ends a session whose client is gone, and its locks with it. */
const NOTICE_LOST_CLIENTS = `
  SELECT set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false),
         set_config('tcp_keepalives_count', '3', false), set_config('client_min_messages', 'warning', false)`;

type PgClient = import('pg').Client;

/** A session of a PostgreSQL database. Errors are CommandErrors that name the database, never its password. */
export class Database {
  private constructor(
    private readonly client: PgClient,
    private readonly signal: AbortSignal,
    /** How messages call the database. */
    readonly name: string,
  ) {
    client.on('error', () => undefined); // the next query reports a lost connection
    signal.addEventListener('abort', this.cut, { once: true });
  }

  /** The signal ends the session, also in the middle of a statement. Missing parts of the URL come from the variables PGHOST, PGUSER, PGPASSWORD and so on. */
  static async connect(url: string, signal: AbortSignal): Promise<Database> {
    const { Client } = await import('pg');
    const client = clientOf(Client, url);
    const database = new Database(client, signal, nameOf(client));
    try {
      await database.naming(async () => await client.connect());
      await database.query(NOTICE_LOST_CLIENTS);
      return database;
    } catch (error) {
      database.cut(); // the server may still wait for an answer
      throw error;
    }
  }

  /** `Found`: the columns of a row, as the statement names them. */
  async query<Found extends object>(sql: string, values: readonly unknown[] = []): Promise<readonly Readonly<Found>[]> {
    return await this.naming(async () => (await this.client.query<Found>(sql, [...values])).rows);
  }

  /** Runs a statement whose time depends on the size of the table. */
  async queryWithoutTimeout<Found extends object>(sql: string): Promise<readonly Readonly<Found>[]> {
    await this.query('SET statement_timeout = 0');
    const rows = await this.query<Found>(sql);
    await this.query(`SET statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
    return rows;
  }

  /** All of the statements take effect, or none. */
  async transaction<T>(run: () => Promise<T>): Promise<T> {
    await this.query('BEGIN');
    try {
      const result = await run();
      await this.query('COMMIT');
      return result;
    } catch (error) {
      await this.query('ROLLBACK').catch(() => undefined); // the first error says more
      throw error;
    }
  }

  async close(): Promise<void> {
    this.signal.removeEventListener('abort', this.cut);
    await this.client.end();
  }

  /** Closes the connection at once, if a statement runs. */
  private readonly cut = (): void => {
    void this.client.end().catch(() => undefined);
  };

  private async naming<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw new CommandError(`${this.name}: ${faultOfDatabase(error)}`, { cause: error });
    }
  }
}

function clientOf(Client: typeof import('pg').Client, url: string): PgClient {
  try {
    return new Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      lock_timeout: LOCK_TIMEOUT_MS,
      application_name: 'embedding-pipeline',
    });
  } catch {
    // The error would show the URL, which may have a password.
    throw new UsageError(
      'the URL of --to cannot be read: write postgresql://user@host:5432/database, with special characters as %23, and give the password in PGPASSWORD',
    );
  }
}

function nameOf({ user, host, port, database }: PgClient): string {
  const name = `PostgreSQL database ${database ?? user ?? ''}`;
  return host.startsWith('/') ? `${name} at ${host}` : `${name} at ${host}:${port}`;
}
