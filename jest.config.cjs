const { availableParallelism } = require('node:os');
const { TEST_PACKAGES } = require('./scripts/test-packages.cjs');

/**
 * Three projects: `unit` needs nothing installed, `redis` runs the adapters of Redis against a real one, `e2e` runs the
 * built service.
 *
 * Jest runs CommonJS, because three of the Nest packages `require()` Nest itself, which fails with Jest's own ES modules on
 * Node 20. So swc compiles our code and small packages that ship only as ES modules; Nest and what belongs to it are bundled.
 */
const esModulePackages = ['tinyqueue', 'hyparquet', 'hyparquet-compressors', 'hyparquet-writer', 'hysnappy'];

const project = {
  rootDir: __dirname,
  testEnvironment: 'node',
  // Inside Jest a global is looked up in two contexts at each use, which took up to a fifth of the time of tests that compute.
  sandboxInjectedGlobals: ['Array', 'Buffer', 'JSON', 'Map', 'Math', 'Number', 'Object', 'Set', 'String'],
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'ts', 'json', 'node'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    [`^(${TEST_PACKAGES.join('|')})$`]: '<rootDir>/node_modules/.cache/test-packages/$1.cjs',
  },
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/dist/', '<rootDir>/.cache/'],
  transformIgnorePatterns: [`/node_modules/(?!(?:${esModulePackages.join('|')})/)`],
  transform: {
    '^.+\\.[jt]s$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
      },
    ],
  },
};

/** @type {import('jest').Config} */
module.exports = {
  globalSetup: '<rootDir>/scripts/bundle-test-packages.js',
  // On two cores three, where Jest would take one, because end-to-end files wait a third of their time.
  maxWorkers: Math.max(3, availableParallelism() - 1),
  // Jest keeps some megabytes of each file that a worker has run. With more than a gigabyte, a worker takes longer to end than the
  // half second that Jest allows, and Jest reports that it has failed to exit gracefully.
  workerIdleMemoryLimit: '512MB',
  testSequencer: '<rootDir>/scripts/test-sequencer.cjs',
  reporters: ['default', '<rootDir>/scripts/count-reporter.js'],
  projects: [
    {
      ...project,
      displayName: 'unit',
      testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/{http,deployment}/**/*.spec.ts', '<rootDir>/bench/**/*.spec.ts'],
      testPathIgnorePatterns: ['\\.redis\\.spec\\.ts$'],
      setupFilesAfterEnv: ['<rootDir>/test/support/end-leftovers.ts', '<rootDir>/test/support/allow-half-a-minute.ts'],
    },
    {
      ...project,
      displayName: 'redis',
      testMatch: ['<rootDir>/src/**/*.redis.spec.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/end-leftovers.ts', '<rootDir>/test/support/allow-half-a-minute.ts'],
    },
    {
      ...project,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/end-leftovers.ts', '<rootDir>/test/support/allow-two-minutes.ts'],
    },
  ],
};
