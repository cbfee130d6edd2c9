/**
 * Jest's global setup: joins the packages around Nest in one file. Otherwise every test file of the application would look
 * up and compile 2,900 small ones, which took more time than the tests.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BUNDLE } from './bundling.js';
import { TEST_PACKAGES } from './test-packages.cjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'node_modules/.cache/test-packages');
const stamp = join(folder, 'built-from');

// oxlint-disable-next-line import/no-default-export -- Jest calls it
export default async function bundleTestPackages() {
  const sources = digestOf(
    'package-lock.json',
    'scripts/bundling.js',
    'scripts/left-out.cjs',
    'scripts/test-packages.cjs',
    'scripts/bundle-test-packages.js',
  );
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  await build({
    ...BUNDLE,
    absWorkingDir: root,
    stdin: { contents: TEST_PACKAGES.map((name) => `exports['${name}'] = () => require('${name}');`).join('\n'), resolveDir: root },
    outfile: join(folder, 'all.cjs'),
    format: 'cjs',
    define: { 'import.meta.url': 'urlOfThisFile' },
    banner: { js: "const urlOfThisFile = require('node:url').pathToFileURL(__filename).href;" },
  });
  for (const name of TEST_PACKAGES) {
    const file = join(folder, `${name}.cjs`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `module.exports = require('${join(folder, 'all.cjs')}')['${name}']();\n`);
  }
  writeFileSync(stamp, sources);
}

/** @param {readonly string[]} files */
function digestOf(...files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}
