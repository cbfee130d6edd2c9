/**
 * Prints the section of CHANGELOG.md about a version. Fails if package.json has another version, or if the section is missing.
 *
 *   node scripts/release-notes.js 1.2.3
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [wanted = ''] = process.argv.slice(2);
const { version } = /** @type {{ version: string }} */ (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
const sections = readFileSync(join(root, 'CHANGELOG.md'), 'utf8').split(/^## /m).slice(1);
const notes = sections.find((section) => section.split('\n')[0]?.split(' ')[0] === wanted);

if (wanted !== version) fail(`package.json has the version ${version}, not ${wanted}`);
else if (notes === undefined) fail(`CHANGELOG.md has no section "## ${wanted}"`);
else console.log(notes.slice(notes.indexOf('\n')).trim());

/** @param {string} fault */
function fail(fault) {
  console.error(fault);
  process.exitCode = 1;
}
