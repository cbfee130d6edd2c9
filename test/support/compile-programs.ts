import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformFileSync } from '@swc/core';
import { removeLater } from './temporary-folder.js';

const SOURCES = join(__dirname, '../../src');
const CACHE = join(__dirname, '../../.cache');

/**
 * Compiles the sources of a folder under src/, and of the folders that they import, so that a test can start the programs
 * of threads among them. Jest's own compiler does not reach into threads.
 */
export function compilePrograms(sources: string, imported: readonly string[] = []): URL {
  mkdirSync(CACHE, { recursive: true });
  const root = mkdtempSync(join(CACHE, 'programs-')); // in the project, where its packages are found
  removeLater(root);
  for (const folder of [sources, ...imported]) compileFolder(folder, join(root, relative(SOURCES, folder)));
  return pathToFileURL(`${join(root, relative(SOURCES, sources))}/`);
}

function compileFolder(sources: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(sources)) {
    if (!name.endsWith('.ts') || name.endsWith('.spec.ts')) continue;
    const { code } = transformFileSync(join(sources, name), {
      swcrc: false,
      jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true } },
      module: { type: 'es6' },
    });
    writeFileSync(join(folder, `${basename(name, '.ts')}.js`), code);
  }
}
