import { spawnSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './support/temporary-folder.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const COPIED = ['src', '.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'];

interface Plant {
  readonly file: string;
  readonly line: string;
}

/** Checks the imports of src/, or of a copy of it with these files added, and returns what the checker says. */
function cruise(plants: readonly Plant[] = []): { status: number | null; report: string } {
  if (plants.length === 0) return cruiseFolder(ROOT);
  const copy = temporaryFolder();
  for (const path of COPIED) cpSync(join(ROOT, path), join(copy, path), { recursive: true });
  for (const { file, line } of plants) writeFileSync(join(copy, file), line);
  return cruiseFolder(copy);
}

function cruiseFolder(cwd: string): { status: number | null; report: string } {
  const checker = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [checker, 'src'], { cwd, encoding: 'utf8' });
  return { status, report: stdout + stderr };
}

describe('the import rules', () => {
  it('hold for the real tree', () => {
    expect(cruise()).toMatchObject({ status: 0 });
  });

  it.each([
    {
      what: 'a cycle',
      rule: 'no-circular',
      plants: [
        { file: 'src/errors/planted-a.ts', line: "import { b } from './planted-b.js'; export const a = () => b;" },
        { file: 'src/errors/planted-b.ts', line: "import { a } from './planted-a.js'; export const b = () => a;" },
      ],
    },
    {
      what: 'a cycle of types only',
      rule: 'no-circular',
      plants: [
        { file: 'src/errors/planted-a.ts', line: "import type { B } from './planted-b.js'; export type A = B | 1;" },
        { file: 'src/errors/planted-b.ts', line: "import type { A } from './planted-a.js'; export type B = A | 2;" },
      ],
    },
    {
      what: 'an import against the layers',
      rule: 'layer-config',
      plants: [{ file: 'src/config/planted-a.ts', line: "export * from '../errors/index.js';" }],
    },
    {
      what: 'an import past the front door',
      rule: 'front-door',
      plants: [{ file: 'src/http/planted-a.ts', line: "export * from '../errors/service-error.js';" }],
    },
    {
      what: 'a file that nothing imports and that imports nothing',
      rule: 'no-orphans',
      plants: [{ file: 'src/errors/planted-a.ts', line: 'export const a = 1;' }],
    },
  ])(
    'refuse $what',
    ({ rule, plants }) => {
      const { status, report } = cruise(plants);
      expect(status).not.toBe(0);
      expect(report).toMatch(new RegExp(`error ${rule}: src/\\w+/planted-`));
    },
    60_000,
  );
});
