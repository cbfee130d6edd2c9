import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './support/temporary-folder.js';

jest.setTimeout(60_000);

const { forbidden } = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
  readonly forbidden: readonly { readonly name: string }[];
};
const RULES = [...new Set(forbidden.map(({ name }) => name))];
const ROOT = fileURLToPath(new URL('../', import.meta.url));
const COPIED = ['src', 'test', 'scripts', '.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'];

interface Plant {
  readonly what: string;
  readonly rule: string;
  /** By name; each has one line. */
  readonly files: Readonly<Record<string, string>>;
}

/** Violations of the rules, as files that are added to a copy of src/. */
const PLANTS: readonly Plant[] = [
  {
    what: 'a cycle',
    rule: 'no-circular',
    files: {
      'errors/planted-cycle.ts': "import { b } from './planted-cycle-b.js'; export const a = () => b;",
      'errors/planted-cycle-b.ts': "import { a } from './planted-cycle.js'; export const b = () => a;",
    },
  },
  {
    what: 'a cycle of types only',
    rule: 'no-circular',
    files: {
      'errors/planted-types.ts': "import type { B } from './planted-types-b.js'; export type A = B | 1;",
      'errors/planted-types-b.ts': "import type { A } from './planted-types.js'; export type B = A | 2;",
    },
  },
  {
    what: 'an import past the front door',
    rule: 'front-door',
    files: { 'http/planted-door.ts': "export * from '../errors/service-error.js';" },
  },
  {
    what: 'an import of a program past the front door',
    rule: 'front-door-from-above',
    files: { 'planted-above.ts': "export * from './errors/service-error.js';" },
  },
  {
    what: 'an import of nothing',
    rule: 'no-unresolvable',
    files: { 'errors/planted-nothing.ts': "export * from './no-such-file.js';" },
  },
  {
    what: 'a folder without a place',
    rule: 'known-folders',
    files: { 'planted/index.ts': "export * from '../errors/index.js';" },
  },
  {
    what: 'HTTP in the core',
    rule: 'no-http-in-the-core',
    files: { 'vectors/planted-http.ts': "export { fastify } from 'fastify';" },
  },
  {
    what: 'Nest in the primary process',
    rule: 'no-nest-in-the-primary',
    files: { 'link/planted-nest.ts': "export { Module } from '@nestjs/common';" },
  },
  {
    what: 'a file at the top that is no program',
    rule: 'only-programs-at-the-top',
    files: { 'planted-loose.ts': "export * from './errors/index.js';" },
  },
  {
    what: 'a program that imports before it checks the limit of open files',
    rule: 'programs-check-open-files-first',
    files: { 'planted-program.ts': "export * from './config/index.js';" },
  },
  {
    what: 'an import of a program',
    rule: 'nothing-imports-a-program',
    files: { 'errors/planted-import.ts': "export * from '../main.js';" },
  },
  {
    what: 'a file that nothing imports and that imports nothing',
    rule: 'no-orphans',
    files: { 'errors/planted-orphan.ts': 'export const a = 1;' },
  },
  {
    what: 'a fake in the product',
    rule: 'no-tests-in-the-product',
    files: { 'http/planted-fake.ts': "export * from './logger.fake.js';" },
  },
  {
    what: 'a development package in the product',
    rule: 'no-development-packages-in-the-product',
    files: { 'errors/planted-package.ts': "export * from 'fast-check';" },
  },
  ...layerPlants(),
  ...adapterPlants(),
];

/** An import against each layer: of a program's folder, which no folder may import. */
function layerPlants(): readonly Plant[] {
  const folders = RULES.filter((name) => name.startsWith('layer-')).map((name) => name.slice('layer-'.length));
  return folders.map((folder) => ({
    what: `an import against the layer of ${folder}`,
    rule: `layer-${folder}`,
    files: { [`${folder}/planted-layer.ts`]: `export * from '../${folder === 'worker' ? 'server' : 'worker'}/index.js';` },
  }));
}

/** An import of a package of each adapter in another folder. */
function adapterPlants(): readonly Plant[] {
  const packages = {
    onnxruntime: 'onnxruntime-node',
    'xenova-transformers': '@xenova/transformers',
    'huggingface-tokenizers': '@huggingface/tokenizers',
    opentelemetry: '@opentelemetry/api',
    openai: 'openai',
    'gpt-tokenizer': 'gpt-tokenizer',
    ioredis: 'ioredis',
    'fastify-multipart': '@fastify/multipart',
    uplot: 'uplot',
    lmdb: 'lmdb',
    standardwebhooks: 'standardwebhooks',
    bull: 'bull',
    hyparquet: 'hyparquet',
    'hyparquet-writer': 'hyparquet-writer',
    pg: 'pg',
  };
  return Object.entries(packages).map(([adapter, name]) => ({
    what: `an import of ${name} outside its adapter`,
    rule: `adapter-${adapter}`,
    files: { [`errors/planted-${adapter}.ts`]: `export * from '${name}';` },
  }));
}

/** Checks the imports of src/ in this folder, and returns the output of the checker. */
function cruise(cwd: string): { status: number | null; report: string } {
  const checker = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [checker, 'src'], { cwd, encoding: 'utf8' });
  return { status, report: stdout + stderr };
}

/** `npm run check` shows that the rules hold for this repository. */
describe('the import rules', () => {
  let planted: ReturnType<typeof cruise>;

  beforeAll(() => {
    const copy = temporaryFolder();
    for (const path of COPIED) cpSync(join(ROOT, path), join(copy, path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    for (const [file, line] of PLANTS.flatMap(({ files }) => Object.entries(files))) {
      mkdirSync(dirname(join(copy, 'src', file)), { recursive: true });
      writeFileSync(join(copy, 'src', file), line);
    }
    planted = cruise(copy);
  });

  it('each have a violation here', () => {
    expect(RULES.filter((name) => !PLANTS.some(({ rule }) => rule === name))).toEqual([]);
  });

  it.each(PLANTS)('refuse $what', ({ rule, files }) => {
    expect(planted.status).not.toBe(0);
    expect(planted.report).toMatch(new RegExp(`error ${rule}: src/(?:${Object.keys(files).join('|')})`));
  });
});
