/** Each folder under src/ and the folders that it may import. Imports run one way; files directly under src/ may import any folder. */
const layers = {
  command: ['embedding', 'cache', 'metrics', 'http', 'process-link', 'errors', 'config'],
  supervisor: ['stats', 'queue', 'cache', 'throttler', 'metrics', 'process-link', 'config'],
  pages: [],
  health: ['queue', 'embedding', 'cache', 'redis', 'metrics', 'http', 'errors', 'config'],
  batches: ['queue', 'openai-api', 'embedding', 'redis', 'lmdb', 'http', 'auth', 'errors', 'config'],
  queue: ['embedding', 'cache', 'redis', 'lmdb', 'metrics', 'http', 'auth', 'process-link', 'errors', 'config'],
  'openai-api': ['embedding', 'cache', 'metrics', 'http', 'auth', 'errors', 'config'],
  embedding: ['tracing', 'cache', 'metrics', 'http', 'auth', 'errors', 'config'],
  stats: ['queue', 'embedding', 'cache', 'metrics', 'http', 'auth', 'process-link', 'errors', 'config'],
  cache: ['redis', 'lmdb', 'metrics', 'http', 'process-link', 'errors', 'config'],
  throttler: ['redis', 'metrics', 'http', 'auth', 'process-link', 'errors', 'config'],
  redis: ['metrics', 'errors', 'config'],
  http: ['metrics', 'errors', 'config'],
  auth: ['errors', 'config'],
  metrics: ['process-link', 'errors', 'config'],
  'process-link': ['errors'],
  logging: ['config'],
  tracing: ['config'],
  lmdb: [],
  errors: [],
  config: [],
};

/** Packages that stop at their adapter, and the folders under src/ that may import them. */
const adapters = [
  {
    packages: ['@xenova/transformers', '@huggingface/transformers', 'onnxruntime-[^/]+'],
    folders: ['embedding/inference', 'embedding/model'],
  },
  { packages: ['@huggingface/tokenizers'], folders: ['embedding/tokenization'] },
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
        pathNot: ['^src/supervisor/', '^src/(?:config|process-link)/index\\.ts$', '^src/[^/]+/supervisor\\.ts$', '\\.fake\\.ts$'],
      },
    },
    {
      name: 'front-door-from-above',
      severity: 'error',
      comment: 'A folder is entered through its index.ts.',
      from: { path: '^src/[^/]+\\.ts$' },
      to: { path: '^src/[^/]+/', pathNot: '^src/[^/]+/index\\.ts$' },
    },
    {
      name: 'nothing-imports-the-app',
      severity: 'error',
      comment: 'The files directly under src/ put the folders together; only they and the tests may know them.',
      from: { path: '^src/[^/]+/', pathNot: testFile },
      to: { path: '^src/[^/]+\\.ts$' },
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
