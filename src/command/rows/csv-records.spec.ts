import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvRecords, type CsvRecord } from './csv-records.js';

const INVALID_UTF8 = 0xff;

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += size) yield await Promise.resolve(bytes.subarray(from, from + size));
}

async function read(content: string | Buffer, size = 5): Promise<readonly CsvRecord[]> {
  const bytes = Buffer.from(content);
  const records: CsvRecord[] = [];
  for await (const record of csvRecords(inChunks(bytes, size), { name: 'a.csv', delimiter: undefined })) records.push(record);
  return records;
}

describe('csvRecords', () => {
  it('reads any table like a known reader, in chunks of any size', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'ß', '"', ',', '\n', '\r\n', ' ', '😀'), maxLength: 8 });
    const table = fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(table, fc.constantFrom('\n', '\r\n'), fc.integer({ min: 1, max: 20 }), async (rows, lineEnd, size) => {
        const text = ['h,i', ...rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(','))].join(lineEnd);
        const records = await read(text, size);
        expect(records.map(({ fields }) => fields)).toEqual(parse(text, { record_delimiter: ['\r\n', '\n'] }));
        expect(records.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(Buffer.byteLength(text));
      }),
    );
  });

  it('counts lines, also those inside quotes and empty ones', async () => {
    const records = await read('\uFEFFid,text\n\n1,"one\ntwo"\r\n2,three');
    expect(records.map(({ line, fields }) => [line, fields])).toEqual([
      [1, ['id', 'text']],
      [4, ['1', 'one\ntwo']],
      [5, ['2', 'three']],
    ]);
  });

  it.each([
    { what: 'a quote in a plain field', text: 'b,tw"o', fault: /^has a quote inside a field that is not in quotes/ },
    { what: 'characters after a closing quote', text: 'b,"thr"ee', fault: /^has characters after a closing quote/ },
    { what: 'a quote that another record closes', text: 'b,"two', fault: /^has characters after a closing quote/ },
  ])('names a line with $what, and reads on at the next line', async ({ text, fault }) => {
    const records = await read(`id,text\na,one\n${text}\nd,"four"\ne,five\n`);
    expect(records.map(({ line, fields }) => fields ?? line)).toEqual([['id', 'text'], ['a', 'one'], 3, ['d', 'four'], ['e', 'five']]);
    expect(records[2]?.fault).toMatch(fault);
  });

  it('names a line with a quote that is never closed, and reads on at the next line', async () => {
    const records = await read('id,text\na,"one\nb,two\n');
    expect(records.map(({ line, fields, fault }) => fields ?? [line, fault])).toEqual([
      ['id', 'text'],
      [2, 'opens a quote that is never closed'],
      ['b', 'two'],
    ]);
  });

  it('counts a faulty line after empty lines once', async () => {
    const records = await read('id,text\n\n\n1,o"ne\n\n2,two\n');
    expect(records.map(({ line, fields }) => fields ?? line)).toEqual([['id', 'text'], 4, ['2', 'two']]);
  });

  it.each([16, 100_000, 1_000_000])('reads records that are longer than a block, in chunks of %i bytes', async (size) => {
    const long = 'line of a text\n'.repeat(10_000);
    const records = await read(`id,text\n1,"${long}"\n2,"${long}`, size);
    expect(records.slice(0, 2).map(({ fields }) => fields)).toEqual([
      ['id', 'text'],
      ['1', long],
    ]);
    expect(records[2]?.fault).toBe('opens a quote that is never closed');
    expect(records.slice(3).map(({ fields }) => fields)).toEqual(Array.from({ length: 9_999 }, () => ['line of a text']));
  });

  it('refuses bytes that are not UTF-8, with their line', async () => {
    const content = Buffer.concat([Buffer.from('id,text\na,one\nb,'), Buffer.from([INVALID_UTF8]), Buffer.from('\nc,three\n')]);
    await expect(read(content)).rejects.toThrow('line 3 of a.csv is not UTF-8');
  });

  it('reads line ends of a carriage return alone', async () => {
    expect((await read('id,text\r1,one\r')).map(({ fields }) => fields)).toEqual([
      ['id', 'text'],
      ['1', 'one'],
    ]);
  });
});
