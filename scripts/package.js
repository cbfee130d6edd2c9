/**
 * Makes the package embedding-pipeline-VERSION.tgz in the working directory: `npm run package`. It has no dependencies for npm
 * to choose: package/complete-install.js installs those of package-lock.json (docs/decisions/0039-package-and-command.md).
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const LAUNCHER = ['embedding-pipeline.js', 'complete-install.js'];
const PAGES = ['README.md', 'CHANGELOG.md', 'LICENSE', '.env.example'];
const APP = ['package.json', 'package-lock.json', 'dist', 'models'];
/** What only this clone needs. */
const LEFT_OUT = new Set(['dist/built-from', 'models/convert.py'].map((path) => join(root, path)));

const { name, version, description, license, type, engines } =
  /** @type {Record<'name' | 'version' | 'description' | 'license' | 'type', string> & { engines: object }} */
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
const stage = mkdtempSync(join(tmpdir(), 'embedding-package-'));
try {
  for (const file of LAUNCHER) cpSync(join(root, 'scripts/package', file), join(stage, file));
  for (const file of PAGES) cpSync(join(root, file), join(stage, file));
  for (const file of APP) {
    cpSync(join(root, file), join(stage, 'app', file), { recursive: true, filter: (source) => !LEFT_OUT.has(source) });
  }
  const [program, install] = LAUNCHER;
  const scripts = { postinstall: `node ${install}` };
  const manifest = { name, version, description, license, type, bin: { [name]: program }, engines, scripts };
  writeFileSync(join(stage, 'package.json'), JSON.stringify(manifest, undefined, 2));
  execFileSync('npm', ['pack', '--loglevel=error', '--pack-destination', process.cwd()], {
    cwd: stage,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
} finally {
  rmSync(stage, { recursive: true, force: true });
}
