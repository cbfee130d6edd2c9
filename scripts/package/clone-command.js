#!/usr/bin/env node
/** The command of a clone. That of the published package is embedding-pipeline.js. */
import { existsSync } from 'node:fs';
import { refuseNpmPack } from './refuse-npm-pack.js';

refuseNpmPack();
const program = new URL('../../dist/cli.js', import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  process.stderr.write('This clone is not built: run `npm run build`.\n');
  process.exitCode = 1;
}
