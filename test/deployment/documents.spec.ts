import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const ROOT = join(__dirname, '../..');
const FOLDERS = ['.', 'docs', 'docs/decisions', 'bench', 'models'];

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The links of a page to files of this project, as paths. */
function linksOf(page: string): readonly string[] {
  const links = [...read(page).matchAll(/\]\((?<target>[^)#\s]+)(?:#[^)]*)?\)/g)].map(({ groups }) => groups?.['target'] ?? '');
  return links.filter((link) => !/^[a-z]+:/.test(link)).map((link) => normalize(join(dirname(page), link)));
}

describe('the pages', () => {
  const pages = FOLDERS.flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => join(folder, name))).filter((path) =>
    path.endsWith('.md'),
  );

  it('link only to files that are there', () => {
    const isThere = (path: string): boolean =>
      readdirSync(join(ROOT, dirname(path))).includes(path.split('/').findLast((part) => part !== '') ?? '');
    const dead = pages.flatMap((page) => linksOf(page).flatMap((link) => (isThere(link) ? [] : [`${page}: ${link}`])));
    expect(dead).toEqual([]);
  });

  it('name every folder of src on the first page', () => {
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
    const page = read('README.md');
    expect(folders.filter((folder) => !page.includes(`\`${folder}\``))).toEqual([]);
  });
});

describe('the decisions', () => {
  const files = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => /^\d{4}-/.test(name));
  const index = read('docs/decisions/README.md');

  it('are each in their index, with their title and their date', () => {
    for (const file of files) {
      const text = read(`docs/decisions/${file}`);
      const [, number, title] = /^# (\d+)\. (.+)$/m.exec(text) ?? [];
      const row = index.split('\n').find((line) => line.includes(`[${title}](${file})`)) ?? `no row of ${file}`;
      expect(row).toMatch(new RegExp(`^\\| ${number} +\\|`));
      expect(row).toContain(/^\d{4}-\d{2}-\d{2}/m.exec(text)?.[0] ?? 'a date');
    }
  });
});
