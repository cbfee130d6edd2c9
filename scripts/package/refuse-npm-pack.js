/**
 * `npm pack` alone packs only this folder's programs of a clone, because npm would choose the versions of the dependencies and
 * run their scripts (docs/decisions/0039-package-and-command.md). That package ends its install, and its command, with 1.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const isClone = existsSync(new URL('../../src/', import.meta.url));

/** Does nothing in a clone. */
export function refuseNpmPack() {
  if (isClone) return;
  process.stderr.write('`npm pack` made this package, which has no program. Run `npm run package` in a clone, and install its package.\n');
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) refuseNpmPack();
