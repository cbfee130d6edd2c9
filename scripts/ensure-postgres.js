/** The tests write into a real PostgreSQL with pgvector. Finds or installs one, or fails and says what to do. */
import { postgresTools } from '../test/support/postgres-tools.js';

try {
  postgresTools();
} catch (error) {
  console.error(
    `The tests need PostgreSQL with pgvector. Install python3 with venv, so that they can install one, or both of them with pg_config on the PATH. ${String(error)}`,
  );
  process.exitCode = 1;
}
