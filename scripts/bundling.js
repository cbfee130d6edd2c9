/** What the bundle of the programs and that of the tests' packages have in common. */

/** Packages that load native code or their own files by a path, and those of Redis, of PostgreSQL and of a hub, which many starts do not load. */
export const STAY_IN_NODE_MODULES = ['lmdb', 'onnxruntime-node', '@xenova/transformers', 'pino', 'bull', 'ioredis', 'pg', '@bull-board/*'];

/** Packages whose files the service sends to browsers. */
export const SENT_TO_BROWSERS = ['uplot', 'hyparquet', 'hyparquet-compressors', 'swagger-ui-dist'];

/** Nest looks for these, and does without them where they are not installed. */
const NOT_INSTALLED = [
  '@nestjs/microservices',
  '@nestjs/websockets',
  '@nestjs/platform-express',
  '@fastify/view',
  'class-transformer/storage',
];

/** class-validator loads the first for @IsPhoneNumber, @fastify/static the second where it lists files. Neither happens here. */
const NEVER_CALLED = ['libphonenumber-js/max', 'glob'];

/** @satisfies {import('esbuild').BuildOptions} */
export const BUNDLE = /** @type {const} */ ({
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  tsconfigRaw: {}, // tsconfig.json is for the checks and the editor
  external: [...STAY_IN_NODE_MODULES, ...NOT_INSTALLED.flatMap((name) => [name, `${name}/*`])],
  alias: Object.fromEntries(NEVER_CALLED.map((name) => [name, './scripts/left-out.cjs'])),
  keepNames: true, // Nest and the log name classes
  logLevel: 'warning',
});
