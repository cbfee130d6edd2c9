/** Builds the service into dist/, unless dist/ was built from the sources as they are now. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'dist/built-from');

const sources = digestOfSources();
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== sources) {
  process.stdout.write('Building (this takes a few seconds, and only after a change) ');
  const startedAt = performance.now();
  const dots = setInterval(() => process.stdout.write('.'), 1000);
  const build = spawn('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
  const [code] = /** @type {[number | null]} */ (await once(build, 'exit'));
  clearInterval(dots);
  if (code !== 0) process.exit(1);
  console.log(` done in ${Math.round((performance.now() - startedAt) / 1000)} s`);
  writeFileSync(stamp, sources);
}

/** What decides the build: the sources, the scripts that build them, and the versions of the packages. */
function digestOfSources() {
  const hash = createHash('sha256');
  const files = [
    'package-lock.json',
    'scripts/build.js',
    'scripts/bundling.js',
    'scripts/left-out.cjs',
    'scripts/transpile.js',
    ...filesOf('src'),
  ];
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** @param {string} folder */
function filesOf(folder) {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}
