import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../test/support/temporary-folder.js';
import { UsageError } from '../command-error.js';
import { findInputs } from './find-inputs.js';

let folder: string;

beforeAll(() => {
  folder = temporaryFolder();
  for (const name of ['docs/b', 'docs/.git', 'docs/node_modules/p', 'tables', 'none/.hidden'])
    mkdirSync(join(folder, name), { recursive: true });
  const documents = ['docs/z.md', 'docs/b/a.MARKDOWN', 'docs/b/c.txt.gz', 'docs/a.txt', 'docs/[1].md'];
  const others = ['docs/x.png', 'docs/.hidden.md', 'docs/.git/x.md', 'docs/node_modules/p/README.md', 'tables/a.csv', 'tables/b.csv'];
  for (const name of [...documents, ...others]) writeFileSync(join(folder, name), 'a');
  symlinkSync('..', join(folder, 'docs/b/loop'));
  symlinkSync('nowhere', join(folder, 'docs/b/broken.md'));
});

async function find(...paths: readonly string[]) {
  const { inputs, remarks } = await findInputs(paths.map((path) => join(folder, path)));
  const shown = (path: string): string => path.slice(folder.length + 1);
  return {
    inputs: inputs.map(({ path, files }) => [shown(path), ...(files ?? []).map((file) => shown(file.path))]),
    remarks: remarks.map(shown),
  };
}

it('finds the documents of a folder in a fixed order, and says what it left out', async () => {
  expect(await find('docs')).toEqual({
    inputs: [['docs', 'docs/[1].md', 'docs/a.txt', 'docs/b/a.MARKDOWN', 'docs/b/broken.md', 'docs/b/c.txt.gz', 'docs/z.md']],
    remarks: ['docs: 6 files (left out: 2 hidden, 1 linked, 1 node_modules, 1 of other kinds)'],
  });
});

it('finds what a glob matches: documents as one input, other files as those that were named', async () => {
  expect((await find('docs/**/*.md')).inputs).toEqual([['docs/**/*.md', 'docs/[1].md', 'docs/b/broken.md', 'docs/z.md']]);
  expect((await find('tables/*.csv', 'docs/a.{txt,md}')).inputs).toEqual([['tables/a.csv'], ['tables/b.csv'], ['docs/a.txt']]);
});

it('takes a name that exists as it is, and leaves others to be reported', async () => {
  expect((await find('docs/[1].md', 'docs/none.md')).inputs).toEqual([['docs/[1].md'], ['docs/none.md']]);
  expect(await findInputs(['-'])).toEqual({ inputs: [{ path: '-' }], remarks: [] });
});

it('names documents by the path that leads to them', async () => {
  const [input] = (await findInputs([`${folder}/./docs/b/`])).inputs;
  expect(input?.files?.[0]?.path).toBe(join(folder, 'docs/b/a.MARKDOWN'));
  const [relative] = (await findInputs(['./docs/decisions/'])).inputs;
  expect(relative?.files?.[0]?.path).toMatch(/^docs\/decisions\/0001-.*\.md$/);
});

it.each([
  ['none', /none has no documents, .* \(left out: 1 hidden\): name files of rows, such as .*none\/\*\.csv$/],
  ['docs/*.pdf', /^no file matches .*docs\/\*\.pdf \(left out:/],
])('refuses %s, which has no files', async (path, says) => {
  const finding = find(path);
  await expect(finding).rejects.toThrow(says);
  await expect(finding).rejects.toBeInstanceOf(UsageError);
});
