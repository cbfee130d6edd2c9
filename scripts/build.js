/**
 * Compiles the sources to build/, and joins these modules and the packages that they use to the programs in dist/: a start
 * would otherwise look up and compile 3,000 small files. What several programs share lies beside them in chunks.
 */
import { cpSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BUNDLE } from './bundling.js';
import { transpile } from './transpile.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = join(root, 'dist');

/** All of them lie side by side in dist/, because a program finds its threads and processes beside it. */
const PROGRAMS = [
  'main',
  'worker',
  'cli',
  'cache/disk/disk-writer-thread',
  'embedding/local/inference/inference-worker',
  'embedding/local/tokenization/tokenizer-thread',
  'embedding/openai/token-counter-thread',
  'logging/terminal-transport',
  'queue/store/job-store-thread',
];

await transpile(join(root, 'src'), join(root, 'build'));
rmSync(outdir, { recursive: true, force: true });
await build({
  ...BUNDLE,
  absWorkingDir: root,
  entryPoints: PROGRAMS.map((program) => ({ in: `build/${program}.js`, out: basename(program) })),
  outdir,
  splitting: true,
  chunkNames: 'chunk-[hash]',
  format: 'esm',
  // Packages in CommonJS call require().
  banner: { js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);" },
  sourcemap: 'linked',
  sourcesContent: false,
});
cpSync(join(root, 'src/pages/assets'), join(outdir, 'assets'), { recursive: true, filter: (path) => !/\.(?:ts|json)$/.test(path) });
