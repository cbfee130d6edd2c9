import { spawnSync } from 'node:child_process';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './support/temporary-folder.js';

jest.setTimeout(60_000);

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const COPIED = ['src', 'test', '.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'];

/** Violations of the rules, as files of one line that are added to a copy of src/. */
const PLANTS: readonly { what: string; rule: string; files: Readonly<Record<string, string>> }[] = [
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
    what: 'an import against the layers',
    rule: 'layer-config',
    files: { 'config/planted-layer.ts': "export * from '../errors/index.js';" },
  },
  {
    what: 'an import past the front door',
    rule: 'front-door',
    files: { 'http/planted-door.ts': "export * from '../errors/service-error.js';" },
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
    what: 'an import of a program',
    rule: 'nothing-imports-a-program',
    files: { 'errors/planted-program.ts': "export * from '../main.js';" },
  },
  {
    what: 'a file that nothing imports and that imports nothing',
    rule: 'no-orphans',
    files: { 'errors/planted-orphan.ts': 'export const a = 1;' },
  },
];

/** Checks the imports of src/ in this folder, and returns the output of the checker. */
function cruise(cwd: string): { status: number | null; report: string } {
  const checker = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [checker, 'src'], { cwd, encoding: 'utf8' });
  return { status, report: stdout + stderr };
}

describe('the import rules', () => {
  let planted: ReturnType<typeof cruise>;

  beforeAll(() => {
    const copy = temporaryFolder();
    for (const path of COPIED) cpSync(join(ROOT, path), join(copy, path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    for (const { files } of PLANTS) for (const [file, line] of Object.entries(files)) writeFileSync(join(copy, 'src', file), line);
    planted = cruise(copy);
  });

  it('hold for this repository', () => {
    expect(cruise(ROOT)).toMatchObject({ status: 0 });
  });

  it.each(PLANTS)('refuse $what', ({ rule, files }) => {
    expect(planted.status).not.toBe(0);
    expect(planted.report).toMatch(new RegExp(`error ${rule}: src/(?:${Object.keys(files).join('|')})`));
  });
});
