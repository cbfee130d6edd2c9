import { UsageError } from '../command-error.js';
import { quoted, tableName } from './table-name.js';

it.each([
  ['docs', { schema: undefined, table: 'docs' }, '"docs"'],
  ['Search.Docs_2', { schema: 'search', table: 'docs_2' }, '"search"."docs_2"'],
  ['größe', { schema: undefined, table: 'größe' }, '"größe"'],
  ['"My docs"', { schema: undefined, table: 'My docs' }, '"My docs"'],
  ['s."a.b"', { schema: 's', table: 'a.b' }, '"s"."a.b"'],
  ['"say ""hi"""', { schema: undefined, table: 'say "hi"' }, '"say ""hi"""'],
])('reads %s as SQL does', (written, name, sql) => {
  expect(tableName(written)).toEqual(name);
  expect(quoted(tableName(written))).toBe(sql);
});

it.each(['', 'a b', '2docs', 'a.b.c', 'a.', '"a', 'a"b', 'docs; drop table docs', '""', `"a\0"`])('refuses %j', (written) => {
  expect(() => tableName(written)).toThrow(UsageError);
});

it('refuses a name that PostgreSQL would cut off', () => {
  expect(() => tableName('ä'.repeat(32))).toThrow('at most 63 bytes');
  expect(tableName('a'.repeat(63)).table).toHaveLength(63);
});
