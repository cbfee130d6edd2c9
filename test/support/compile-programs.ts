import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformFileSync } from '@swc/core';
import { removeLater } from './temporary-folder.js';

const CACHE = join(__dirname, '../../.cache');

/** Compiles the sources in a folder of src/, for the thread programs among them: Jest's own compiler does not reach into threads. */
export function compilePrograms(sources: string): URL {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'programs-')); // in the project, where its packages are found
  removeLater(folder);
  for (const name of readdirSync(sources)) {
    if (!name.endsWith('.ts') || name.endsWith('.spec.ts')) continue;
    const { code } = transformFileSync(join(sources, name), {
      swcrc: false,
      jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true } },
      module: { type: 'es6' },
    });
    writeFileSync(join(folder, `${basename(name, '.ts')}.js`), code);
  }
  return pathToFileURL(`${folder}/`);
}
