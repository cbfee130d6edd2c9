/**
 * Each folder under src/ and the folders that it may import. Imports run one way. The programs (src/main.ts, worker.ts,
 * cli.ts) may enter any folder.
 */
const layers = {
  server: [
    'pages',
    'health',
    'stats',
    'batches',
    'queue',
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
    'process-link',
    'process',
    'errors',
    'config',
  ],
  worker: ['health', 'queue', 'embedding', 'redis', 'metrics', 'process-link', 'process', 'errors', 'config'],
  command: ['embedding', 'cache', 'metrics', 'http', 'texts', 'vectors', 'process-link', 'errors', 'time', 'config'],
  supervisor: ['stats', 'queue', 'cache', 'throttler', 'metrics', 'process-link', 'process', 'logging', 'config'],
  pages: [],
  health: ['queue', 'embedding', 'cache', 'redis', 'metrics', 'http', 'errors', 'time', 'config'],
  batches: ['queue', 'openai-api', 'embedding', 'redis', 'lmdb', 'http', 'auth', 'texts', 'errors', 'config'],
  queue: ['embedding', 'cache', 'redis', 'lmdb', 'metrics', 'http', 'auth', 'texts', 'vectors', 'process-link', 'errors', 'time', 'config'],
  'openai-api': ['embed-api', 'embedding', 'cache', 'metrics', 'http', 'auth', 'texts', 'process', 'errors', 'config'],
  'embed-api': ['embedding', 'cache', 'metrics', 'http', 'auth', 'texts', 'vectors', 'process', 'errors', 'config'],
  stats: ['queue', 'embedding', 'cache', 'metrics', 'http', 'auth', 'process-link', 'errors', 'config'],
  throttler: ['embedding', 'redis', 'metrics', 'http', 'auth', 'process-link', 'errors', 'config'],
  embedding: ['tracing', 'cache', 'metrics', 'errors', 'config'],
  cache: ['redis', 'lmdb', 'metrics', 'process-link', 'errors', 'config'],
  redis: ['metrics', 'errors', 'config'],
  http: ['texts', 'metrics', 'process', 'errors', 'config'],
  auth: ['errors', 'config'],
  metrics: ['process-link', 'errors', 'config'],
  process: ['config'],
  'process-link': ['errors'],
  logging: ['config'],
  tracing: ['config'],
  lmdb: [],
  texts: [],
  vectors: [],
  errors: [],
  time: [],
  config: [],
};

/** Packages that stop at their adapter, and the folders under src/ that may import them. */
const adapters = [
  {
    packages: ['@xenova/transformers', '@huggingface/transformers', 'onnxruntime-[^/]+'],
    folders: ['embedding/local/inference', 'embedding/local/model'],
  },
  { packages: ['@huggingface/tokenizers'], folders: ['embedding/local/tokenization'] },
  { packages: ['@opentelemetry/[^/]+'], folders: ['tracing'] },
  { packages: ['openai'], folders: ['embedding/openai'] },
  { packages: ['gpt-tokenizer'], folders: ['embedding/openai', 'openai-api'] },
  {
    packages: ['ioredis', 'cache-manager[^/]*', '@nestjs/cache-manager', 'keyv'],
    folders: ['redis', 'cache', 'throttler', 'queue', 'batches'],
  },
  { packages: ['@fastify/multipart'], folders: ['batches'] },
  { packages: ['uplot'], folders: ['pages'] },
  { packages: ['lmdb'], folders: ['lmdb', 'cache', 'queue', 'batches'] },
  { packages: ['standardwebhooks'], folders: ['queue'] },
  { packages: ['bull', '@nestjs/bull[^/]*', '@bull-board/[^/]+'], folders: ['queue'] },
];

/** Files beside the code that never get into dist/; tsconfig.build.json leaves out the same. */
const testFile = '\\.(?:spec|contract|fake)\\.ts$';

/** @param {readonly string[]} words */
const oneOf = (words) => `(?:${words.join('|')})`;

/** Folders that know nothing of HTTP: whatever asks them, a route, a job or the command, gets the same. */
const core = ['embedding', 'cache', 'queue/store', 'texts', 'vectors'];
const httpPackages = ['fastify', '@fastify/[^/]+', '@nestjs/platform-fastify', '@nestjs/swagger', '@nestjs/throttler'];

const layerRules = Object.entries(layers).map(([folder, below]) => ({
  name: `layer-${folder}`,
  severity: 'error',
  comment: `src/${folder} may import only: ${below.join(', ') || 'no other folder'}.`,
  from: { path: `^src/${folder}/` },
  to: { path: '^src/[^/]+/', pathNot: `^src/${oneOf([folder, ...below])}/` },
}));

const adapterRules = adapters.map(({ packages, folders }) => ({
  name: `adapter-${packages[0]}`,
  severity: 'error',
  comment: `Only ${folders.join(' and ')} may import ${packages.join(', ')}.`,
  from: { path: '^src/', pathNot: `^src/${oneOf(folders)}/` },
  to: { path: `(?:^|/)node_modules/${oneOf(packages)}/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', comment: 'Types count too.', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'A page loads its classic script by itself.',
      from: { orphan: true, path: '^src/', pathNot: ['\\.d\\.ts$', '^src/pages/assets/theme\\.js$'] },
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
      from: { path: '^src/([^/]+)/', pathNot: '^src/supervisor/' },
      to: { path: '^src/[^/]+/', pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$', '\\.fake\\.ts$'] },
    },
    {
      name: 'front-door-of-the-supervisor',
      severity: 'error',
      comment: 'What the supervisor does for a folder is behind its supervisor.ts, so that it does not load the rest.',
      from: { path: '^src/supervisor/' },
      to: {
        path: '^src/[^/]+/',
        pathNot: [
          '^src/supervisor/',
          '^src/(?:config|process|process-link|logging)/index\\.ts$',
          '^src/[^/]+/supervisor\\.ts$',
          '\\.fake\\.ts$',
        ],
      },
    },
    {
      name: 'front-door-from-above',
      severity: 'error',
      comment: 'A folder is entered through its index.ts.',
      from: { path: '^src/[^/]+\\.ts$' },
      to: { path: '^src/[^/]+/', pathNot: ['^src/[^/]+/index\\.ts$', '^src/supervisor/supervise\\.ts$'] },
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
