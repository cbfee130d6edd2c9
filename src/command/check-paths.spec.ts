import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../test/support/temporary-folder.js';
import { checkPaths } from './check-paths.js';

let folder: string;

beforeAll(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'sub'));
  for (const name of ['in.csv', 'done.jsonl', 'begun.jsonl.partial', 'begun.jsonl.partial.json']) writeFileSync(join(folder, name), '');
});

const check = (input: string, out: string, options: { readonly resume?: boolean; readonly force?: boolean } = {}): void =>
  checkPaths({ inputs: [{ path: join(folder, input) }], out: join(folder, out), ...options });

it.each([
  { input: 'none.csv', out: 'a.jsonl', says: /^there is no file .*none\.csv$/ },
  { input: 'in.csv', out: 'in.csv', says: /the same file/ },
  { input: 'in.csv', out: 'none/a.jsonl', says: /^there is no folder .*none: create it/ },
  { input: 'in.csv', out: 'in.csv/a.jsonl', says: /^there is no folder .*in\.csv: create it/ },
  { input: 'in.csv', out: 'sub', says: /sub is not a regular file/ },
  { input: 'in.csv', out: 'done.jsonl', says: /done\.jsonl already exists: .*--force$/ },
  { input: 'in.csv', out: 'begun.jsonl', says: /begun\.jsonl\.partial exists from an unfinished run: continue it with --resume/ },
])('explains paths that cannot be used: $input, $out', ({ input, out, says }) => {
  expect(() => check(input, out)).toThrow(says);
});

it('accepts an output that --force replaces, a run that --resume continues, and standard streams', () => {
  expect(() => {
    check('in.csv', 'done.jsonl', { force: true });
    check('in.csv', 'begun.jsonl', { resume: true });
    checkPaths({ inputs: [{ path: '-' }], out: '-' });
  }).not.toThrow();
});

it('refuses a device as output even with --force', () => {
  expect(() => checkPaths({ inputs: [{ path: join(folder, 'in.csv') }], out: '/dev/null', force: true })).toThrow('- for standard output');
});
