/**
 * Compiles the sources to build/, and joins these modules and the packages that they use to the programs in dist/: a start
 * would otherwise look up and compile 3,000 small files. What several programs share lies beside them in chunks.
 */
import { cpSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
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

/** Packages that load native code or their own files by a path, and those of Redis, of PostgreSQL and of a hub, which many starts do not load. */
const STAY_IN_NODE_MODULES = ['lmdb', 'onnxruntime-node', '@xenova/transformers', 'pino', 'bull', 'ioredis', 'pg', '@bull-board/*'];

/** Nest looks for these, and does without them where they are not installed. */
const NOT_INSTALLED = [
  '@nestjs/microservices',
  '@nestjs/websockets',
  '@nestjs/platform-express',
  '@fastify/view',
  'class-transformer/storage',
];

await transpile(join(root, 'src'), join(root, 'build'));
rmSync(outdir, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: PROGRAMS.map((program) => ({ in: `build/${program}.js`, out: basename(program) })),
  outdir,
  bundle: true,
  splitting: true,
  chunkNames: 'chunk-[hash]',
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  tsconfigRaw: {}, // tsconfig.json is for the checks and the editor
  // Packages in CommonJS call require().
  banner: { js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);" },
  external: [...STAY_IN_NODE_MODULES, ...NOT_INSTALLED.flatMap((name) => [name, `${name}/*`])],
  keepNames: true, // Nest and the log name classes
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
});
cpSync(join(root, 'src/pages/assets'), join(outdir, 'assets'), { recursive: true, filter: (path) => !/\.(?:ts|json)$/.test(path) });
