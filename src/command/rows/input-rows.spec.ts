import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteFile } from 'hyparquet-writer';
import { temporaryFolder } from '../../../test/support/temporary-folder.js';
import type { InputFile, InputFormat } from './input-file.js';
import { InputRows } from './input-rows.js';
import type { Row, RowNames } from './row.js';

const NAMES: RowNames = { text: undefined, id: undefined, kept: [] };
const UTF16 = Buffer.from('\uFEFFtext', 'utf16le');
const ZIP = Buffer.from('PK\u0003\u0004 and more');

let folder: string;

beforeAll(() => {
  folder = temporaryFolder();
});

function input(content: string | Uint8Array, format: InputFormat, name = `in.${format}`): InputFile {
  const path = join(folder, name);
  writeFileSync(path, content);
  return { path, format };
}

function parquet(table: Omit<Parameters<typeof parquetWriteFile>[0], 'filename'>): InputFile {
  const path = join(folder, 'in.parquet');
  parquetWriteFile({ ...table, filename: path });
  return { path, format: 'parquet' };
}

async function rowsOf(inputs: InputFile | readonly InputFile[], names: Partial<RowNames> = {}, limit?: number): Promise<readonly Row[]> {
  const source = await InputRows.open({ inputs: [inputs].flat(), names: { ...NAMES, ...names }, limit });
  const rows: Row[] = [];
  for await (const row of source.rows) rows.push(row);
  return rows;
}

describe('the rows of an input', () => {
  it('are the records of a CSV, whatever its delimiter', async () => {
    const rows = await rowsOf(input('id; body\n1;"a, b"\n2;c\n', 'csv'), { text: 'body', id: 'id' });
    expect(rows).toEqual([
      { line: 2, id: '1', text: 'a, b' },
      { line: 3, id: '2', text: 'c' },
    ]);
  });

  it('have the title that the options name, unless it is missing', async () => {
    const lines = '{"text":"a","meta":{"title":"A"}}\n{"text":"b","meta":{"title":null}}\n{"text":"c","meta":{"title":7}}\n';
    expect(await rowsOf(input(lines, 'jsonl'), { title: 'meta.title', kept: ['text'] })).toEqual([
      { line: 1, title: 'A', text: 'a', kept: { text: 'a' }, keptText: 'text' },
      { line: 2, text: 'b', kept: { text: 'b' }, keptText: 'text' },
      { line: 3, kept: { text: 'c' }, keptText: 'text', fault: 'has a meta.title that is not a string' },
    ]);
  });

  it('are records of a CSV with the delimiter of the options', async () => {
    const piped = { ...input('id|text\n1|a, b; c\n', 'csv'), delimiter: '|' };
    expect(await rowsOf(piped)).toEqual([{ line: 2, text: 'a, b; c' }]);
  });

  it('have a fault where a CSV record has more fields than the header, so that no text is cut off', async () => {
    const [fine, cut, padded] = await rowsOf(input('id,text\n1,a\n2,Hello, world\n3,c,,\n', 'csv'));
    expect([fine, padded]).toEqual([
      { line: 2, text: 'a' },
      { line: 4, text: 'c' },
    ]);
    expect(cut).toEqual({ line: 3, fault: expect.stringContaining('has 3 fields, and the header 2') });
  });

  it('come from fields inside objects of JSON lines, with values that are kept', async () => {
    const json = '{"doc":{"body":"a","n":1},"doc.id":7}\n\n{"doc":{"body":"b"},"doc.id":null}\n"c"\n';
    const rows = await rowsOf(input(json, 'jsonl'), { text: 'doc.body', id: 'doc.id', kept: ['doc.n'] });
    expect(rows).toEqual([
      { line: 1, id: 7, kept: { 'doc.n': 1 }, text: 'a' },
      { line: 3, kept: { 'doc.n': null }, text: 'b' },
      { line: 4, text: 'c' },
    ]);
  });

  it('come from columns inside columns of a Parquet file', async () => {
    const docs = [{ body: 'a' }, { body: 'b' }];
    const file = parquet({
      columnData: [
        { name: 'doc', data: docs },
        { name: 'json', data: docs },
        { name: 'year', data: [2001, 2002] },
      ],
      schema: [
        { name: 'root', num_children: 3 },
        { name: 'doc', num_children: 1, repetition_type: 'OPTIONAL' },
        { name: 'body', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
        { name: 'json', type: 'BYTE_ARRAY', converted_type: 'JSON', repetition_type: 'OPTIONAL' },
        { name: 'year', type: 'INT32', repetition_type: 'REQUIRED' },
      ],
    });
    const rows = await rowsOf(file, { text: 'doc.body', id: 'json.body', kept: ['year'] });
    expect(rows).toEqual([
      { line: 1, id: 'a', kept: { year: 2001 }, text: 'a' },
      { line: 2, id: 'b', kept: { year: 2002 }, text: 'b' },
    ]);
    await expect(rowsOf(file, { text: 'doc.title' })).rejects.toThrow(
      'in.parquet has no column doc.title: the columns are doc, json, year',
    );
  });

  it('are unpacked if the bytes are gzip, whatever the name', async () => {
    const packed = gzipSync('one\ntwo\n');
    const expected = [
      { line: 1, text: 'one' },
      { line: 2, text: 'two' },
    ];
    expect(await rowsOf(input(packed, 'txt', 'a.txt.gz'))).toEqual(expected);
    expect(await rowsOf(input(packed, 'txt', 'a.txt'))).toEqual(expected);
    await expect(rowsOf(input(packed.subarray(0, -5), 'txt', 'cut.txt.gz'))).rejects.toThrow(
      /cut.txt.gz cannot be read: its gzip data is damaged/,
    );
  });

  it('are the documents of a folder, with their paths as ids and the faults of those that cannot be read', async () => {
    const contents: Readonly<Record<string, Uint8Array | string>> = {
      'a.md': '\uFEFFone\r\ntwo\n',
      'empty.md': ' \n',
      'latin.md': Buffer.from('caf\u00e9', 'latin1'),
      'utf16.md': UTF16,
      'zero.txt': 'a\0b',
      'packed.md.gz': gzipSync('three'),
      'huge.md.gz': gzipSync(Buffer.alloc(17 * 1024 * 1024, 'a ')),
    };
    const files = Object.entries(contents).map(([name, content]) => ({ path: input(content, 'md', name).path }));
    const locked = { path: join(folder, 'locked'), fault: 'cannot be read: access is denied (EACCES)' };
    const none = { path: join(folder, 'none.md') };
    const source = await InputRows.open({
      inputs: [{ path: folder, format: 'md', files: [...files, locked, none] }],
      names: NAMES,
      limit: undefined,
    });
    const rows: unknown[] = [];
    for await (const { name, id, text, fault } of source.rows) {
      rows.push([name?.slice(folder.length + 1), id === name, text ?? fault]);
    }
    expect(rows).toEqual([
      ['a.md', true, 'one\r\ntwo\n'],
      ['latin.md', true, expect.stringMatching(/^is not UTF-8: convert it/)],
      ['utf16.md', true, expect.stringMatching(/^is UTF-16: convert it/)],
      ['zero.txt', true, 'is not a text file: it has bytes of value 0'],
      ['packed.md.gz', true, 'three'],
      ['huge.md.gz', true, 'has over 16 MiB of text: split it'],
      ['locked', false, 'cannot be read: access is denied (EACCES)'],
      ['none.md', true, 'cannot be read: it does not exist (ENOENT)'],
    ]);
    expect([source.emptyFiles(), source.progress()]).toEqual([1, 1]);
  });

  it('are those of several inputs in their order, up to a limit', async () => {
    const inputs = [input('one\ntwo\n', 'txt', '1.txt'), input('three\nfour\n', 'txt', '2.txt')];
    const [first, second] = inputs.map(({ path }) => path);
    expect(await rowsOf(inputs, {}, 3)).toEqual([
      { line: 1, text: 'one', file: first },
      { line: 2, text: 'two', file: first },
      { line: 1, text: 'three', file: second },
    ]);
  });

  it('say which share has been read', async () => {
    const source = await InputRows.open({ inputs: [input('one\ntwo\n', 'txt')], names: NAMES, limit: undefined });
    const shares: unknown[] = [source.progress()];
    for await (const { text } of source.rows) shares.push([text, source.progress()]);
    expect(shares).toEqual([0, ['one', 0.5], ['two', 1]]);
  });
});

describe('an input that cannot be read as asked', () => {
  it.each<{ what: string; content: string | Uint8Array; format: InputFormat; names?: Partial<RowNames>; says: RegExp }>([
    { what: 'nothing', content: '', format: 'txt', says: /in\.txt has no rows/ },
    { what: 'an empty CSV', content: '', format: 'csv', says: /in\.csv has no rows/ },
    { what: 'a CSV of a header', content: 'text\n', format: 'csv', says: /in\.csv has no rows/ },
    { what: 'blank lines', content: '\n\n', format: 'jsonl', says: /in\.jsonl has no rows/ },
    {
      what: 'no such column',
      content: 'id,a\n1,b',
      format: 'csv',
      names: { text: 'body' },
      says: /has no column body: the columns are id, a/,
    },
    { what: 'no such column of ids', content: 'text\nb', format: 'csv', names: { id: 'n' }, says: /has no column n: the columns are text/ },
    { what: 'no usual column', content: 'id,a\n1,b', format: 'csv', says: /--column: the columns are id, a/ },
    {
      what: 'no header',
      content: `"${'long\ntext '.repeat(9999)}",b`,
      format: 'csv',
      says: /with --column: the columns are (long text ){6}\.\.\., b$/,
    },
    { what: 'a column twice', content: 'text,text\n1,b', format: 'csv', says: /has 2 columns with the name text/ },
    {
      what: 'a header with a stray quote',
      content: 'te"xt\n1',
      format: 'csv',
      says: /line 1 of .*in\.csv, which names the columns, has a quote/,
    },
    {
      what: 'no such field',
      content: '{"title":"a","body":"b"}\n'.repeat(500),
      format: 'jsonl',
      says: /has no field text: the fields are title, body/,
    },
    {
      what: 'no such field to keep',
      content: '{"text":"a"}',
      format: 'jsonl',
      names: { kept: ['x.y'] },
      says: /has no field x\.y: the fields are text/,
    },
    {
      what: 'numbers',
      content: '{"text":1}\n'.repeat(3),
      format: 'jsonl',
      says: /no row of .* can be embedded: line 1 has a text that is not a string/,
    },
    { what: 'no JSON', content: 'a\n'.repeat(500), format: 'jsonl', says: /none of the first 256 rows of .*: line 1 is not JSON/ },
    { what: 'bytes of value 0', content: 'a\0b\n', format: 'txt', says: /in\.txt is not a text file/ },
    { what: 'UTF-16', content: UTF16, format: 'csv', says: /in\.csv is UTF-16: convert it/ },
    { what: 'a workbook', content: ZIP, format: 'csv', says: /in\.csv is a ZIP archive or an Excel workbook/ },
    { what: 'a Parquet file', content: 'PAR1', format: 'jsonl', says: /in\.jsonl is a Parquet file: read it with --from parquet/ },
    { what: 'no Parquet file', content: 'text', format: 'parquet', says: /in\.parquet is not a Parquet file/ },
  ])('is refused before the model is opened: $what', async ({ content, format, names = {}, says }) => {
    const opening = InputRows.open({ inputs: [input(content, format)], names: { ...NAMES, ...names }, limit: undefined });
    await expect(opening).rejects.toThrow(says);
    await expect(opening).rejects.toHaveProperty('name', 'UsageError');
  });

  it('is not refused for rows that lack the field, if others have it', async () => {
    expect(await rowsOf(input('{"body":"a"}\n{"text":"b"}\n{"text":null}\n', 'jsonl'))).toEqual([
      { line: 1, fault: 'has no text' },
      { line: 2, text: 'b' },
      { line: 3, text: '' },
    ]);
  });
});
