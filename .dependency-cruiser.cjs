/**
 * Each folder under src/ and the folders that it may import. Imports run one way. The programs (src/main.ts, worker.ts,
 * cli.ts) may enter any folder.
 */
const layers = {
  server: [
    'pages',
    'health',
    'stats',
    'keys-api',
    'batches',
    'queue',
    'cohere-api',
    'ollama-api',
    'tei-api',
    'openai-api',
    'embed-api',
    'embedding',
    'throttler',
    'cache',
    'tracing',
    'http',
    'auth',
    'logging',
    'metrics',
    'replicas',
    'link',
    'process',
    'errors',
    'config',
  ],
  worker: ['health', 'queue', 'embedding', 'redis', 'metrics', 'replicas', 'process', 'errors', 'config'],
  command: [
    'auth',
    'capacity',
    'embedding',
    'chunks',
    'cache',
    'metrics',
    'http',
    'texts',
    'parquet',
    'vectors',
    'replicas',
    'errors',
    'time',
    'config',
  ],
  pages: ['http', 'config'],
  health: ['queue', 'embedding', 'cache', 'redis', 'metrics', 'http', 'errors', 'time', 'config'],
  batches: ['queue', 'openai-api', 'embedding', 'redis', 'lmdb', 'http', 'auth', 'texts', 'errors', 'time', 'config'],
  queue: [
    'embedding',
    'chunks',
    'cache',
    'redis',
    'lmdb',
    'metrics',
    'http',
    'auth',
    'texts',
    'parquet',
    'vectors',
    'link',
    'process',
    'errors',
    'time',
    'config',
  ],
  'cohere-api': ['embed-api', 'embedding', 'cache', 'metrics', 'http', 'auth', 'texts', 'process', 'errors', 'config'],
  'ollama-api': ['embed-api', 'embedding', 'cache', 'metrics', 'http', 'auth', 'texts', 'process', 'errors', 'config'],
  'tei-api': ['embed-api', 'embedding', 'cache', 'metrics', 'http', 'auth', 'texts', 'process', 'errors', 'config'],
  'openai-api': ['embed-api', 'embedding', 'cache', 'metrics', 'http', 'auth', 'texts', 'vectors', 'process', 'errors', 'config'],
  'embed-api': ['embedding', 'cache', 'metrics', 'http', 'auth', 'texts', 'vectors', 'process', 'errors', 'config'],
  stats: ['queue', 'embedding', 'cache', 'metrics', 'http', 'auth', 'replicas', 'link', 'errors', 'config'],
  throttler: ['embedding', 'redis', 'metrics', 'http', 'auth', 'errors', 'config'],
  embedding: ['chunks', 'tracing', 'cache', 'metrics', 'link', 'texts', 'vectors', 'errors', 'config'],
  cache: ['redis', 'lmdb', 'metrics', 'link', 'errors', 'config'],
  redis: ['metrics', 'errors', 'config'],
  http: ['texts', 'metrics', 'process', 'errors', 'config'],
  auth: ['redis', 'lmdb', 'metrics', 'errors', 'time', 'config'],
  'keys-api': ['http', 'auth', 'texts', 'errors', 'config'],
  metrics: ['replicas', 'process', 'errors', 'config'],
  replicas: ['link', 'process', 'logging', 'errors', 'config'],
  link: ['errors'],
  process: ['config'],
  logging: ['config'],
  tracing: ['config'],
  lmdb: [],
  parquet: ['vectors'],
  'open-files': [],
  chunks: ['errors'],
  texts: [],
  vectors: [],
  errors: [],
  time: [],
  config: [],
  capacity: [],
};

/** Packages that stop at their adapter, and the folders under src/ that may import them. */
const adapters = [
  { packages: ['onnxruntime-[^/]+'], folders: ['embedding/local/inference'] },
  { packages: ['@xenova/transformers', '@huggingface/transformers'], folders: ['embedding/local/model'] },
  { packages: ['@huggingface/tokenizers'], folders: ['embedding/local/tokenization'] },
  { packages: ['@opentelemetry/[^/]+'], folders: ['tracing'] },
  { packages: ['openai'], folders: ['embedding/openai'] },
  { packages: ['gpt-tokenizer'], folders: ['embedding/openai', 'openai-api'] },
  {
    packages: ['ioredis', 'cache-manager[^/]*', '@nestjs/cache-manager', 'keyv'],
    folders: ['redis', 'cache', 'throttler', 'queue', 'batches', 'auth'],
  },
  { packages: ['@fastify/multipart'], folders: ['batches'] },
  { packages: ['uplot'], folders: ['pages'] },
  { packages: ['hyparquet-writer'], folders: ['parquet'], isFreeInSpecs: true },
  { packages: ['hyparquet', 'hyparquet-compressors'], folders: ['command', 'pages'], isFreeInSpecs: true },
  { packages: ['pg'], folders: ['command/postgres'] },
  { packages: ['lmdb'], folders: ['lmdb', 'cache', 'queue', 'batches', 'auth'] },
  { packages: ['standardwebhooks'], folders: ['queue'] },
  { packages: ['bull', '@nestjs/bull[^/]*', '@bull-board/[^/]+'], folders: ['queue'] },
];

/** Files beside the code that never get into dist/; tsconfig.build.json leaves out the same. */
const testFile = '\\.(?:spec|contract|fake)\\.ts$';

/** @param {readonly string[]} words */
const oneOf = (words) => `(?:${words.join('|')})`;

/** Folders that know no HTTP: a route, a job and the command get the same from them. */
const core = ['embedding', 'cache', 'queue/store', 'chunks', 'texts', 'vectors'];
/** Folders that the primary process of several replicas loads. */
const primary = ['replicas', 'link', 'process', 'logging', 'errors', 'config'];

const httpPackages = ['fastify', '@fastify/[^/]+', '@nestjs/platform-fastify', '@nestjs/swagger', '@nestjs/throttler'];

const layerRules = Object.entries(layers).map(([folder, below]) => ({
  name: `layer-${folder}`,
  severity: 'error',
  comment: `src/${folder} may import only: ${below.join(', ') || 'no other folder'}.`,
  from: { path: `^src/${folder}/` },
  to: { path: '^src/[^/]+/', pathNot: `^src/${oneOf([folder, ...below])}/` },
}));

const adapterRules = adapters.map(({ packages, folders, isFreeInSpecs = false }) => ({
  name: `adapter-${(packages[0] ?? '').replaceAll(/@|[/-]?\[.*/g, '').replaceAll('/', '-')}`,
  severity: 'error',
  comment: `Only ${folders.join(' and ')} may import ${packages.join(', ')}.`,
  from: { path: '^src/', pathNot: [`^src/${oneOf(folders)}/`, ...(isFreeInSpecs ? [testFile] : [])] },
  to: { path: `(?:^|/)node_modules/${oneOf(packages)}/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', comment: 'Types count too.', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'A page loads its classic scripts by itself.',
      from: { orphan: true, path: '^src/', pathNot: ['\\.d\\.ts$', '^src/pages/assets/(?:theme|docs)\\.js$'] },
      to: {},
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'known-folders',
      severity: 'error',
      comment: 'A new folder under src/ needs its place among the layers above.',
      from: { path: '^src/[^/]+/', pathNot: `^src/${oneOf(Object.keys(layers))}/` },
      to: {},
    },
    {
      name: 'front-door',
      severity: 'error',
      comment: 'A folder is entered through its index.ts; a spec may borrow a fake.',
      from: { path: '^src/([^/]+)/' },
      to: { path: '^src/[^/]+/', pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$', '\\.fake\\.ts$'] },
    },
    {
      name: 'front-door-from-above',
      severity: 'error',
      comment: 'A folder is entered through its index.ts.',
      from: { path: '^src/[^/]+\\.ts$' },
      to: { path: '^src/[^/]+/', pathNot: '^src/[^/]+/index\\.ts$' },
    },
    {
      name: 'only-programs-at-the-top',
      severity: 'error',
      comment: 'Directly under src/ lie main.ts, worker.ts and cli.ts; everything else belongs to a folder.',
      from: { path: '^src/[^/]+\\.ts$', pathNot: '^src/(?:main|worker|cli)\\.ts$' },
      to: {},
    },
    {
      name: 'nothing-imports-a-program',
      severity: 'error',
      from: { path: '^src/[^/]+/' },
      to: { path: '^src/[^/]+\\.ts$' },
    },
    {
      name: 'no-nest-in-the-primary',
      severity: 'error',
      comment: 'The primary process of several replicas loads no Nest, which would take 35 MB more. Types are not loaded.',
      from: { path: `^src/(?:main\\.ts$|${oneOf(primary)}/)`, pathNot: testFile },
      to: { path: '(?:^|/)node_modules/(?:@nestjs|@willsoto|fastify)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'programs-check-open-files-first',
      severity: 'error',
      comment:
        'A program imports open-files at once, and all else with import() when it has checked that enough files may be open. main.ts imports the server only where the process is to serve.',
      from: { path: '^src/[^/]+\\.ts$' },
      to: { path: '', pathNot: '^src/open-files/', dependencyTypesNot: ['dynamic-import', 'type-only'] },
    },
    {
      name: 'no-http-in-the-core',
      severity: 'error',
      comment: `${core.join(', ')} know no HTTP.`,
      from: { path: `^src/${oneOf(core)}/`, pathNot: testFile },
      to: { path: ['^src/http/', `(?:^|/node_modules/|^node_modules/)${oneOf(httpPackages)}(?:/|$)`] },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      from: { path: '^src/', pathNot: testFile },
      to: { path: ['^test/', testFile] },
    },
    {
      name: 'no-development-packages-in-the-product',
      severity: 'error',
      from: { path: '^src/', pathNot: testFile },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'] },
    },
    ...layerRules,
    ...adapterRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^test/clients/programs/' }, // they run where their own packages are installed
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
