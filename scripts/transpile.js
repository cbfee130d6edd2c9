import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformFile } from '@swc/core';

const NOT_OF_THE_PRODUCT = /\.(?:spec|contract|fake|d)\.ts$/;

/** @type {import('@swc/core').Options} */
const OPTIONS = {
  swcrc: false,
  sourceMaps: true,
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true }, // Nest injects by the types of parameters
  },
  module: { type: 'es6' },
};

/**
 * Writes each TypeScript module of `sources` as JavaScript into `folder`. Checks no types: `npm run check:types` does, and
 * takes ten times as long.
 *
 * @param {string} sources
 * @param {string} folder
 */
export async function transpile(sources, folder) {
  rmSync(folder, { recursive: true, force: true });
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' });
  await Promise.all(
    files
      .filter((file) => file.endsWith('.ts') && !NOT_OF_THE_PRODUCT.test(file))
      .map(async (file) => {
        const { code, map = '' } = await transformFile(join(sources, file), OPTIONS);
        const target = join(folder, file.replace(/\.ts$/, '.js'));
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}\n`);
      }),
  );
}
