import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import csvDelimiters from '../../test/fixtures/csv-delimiters.json' with { type: 'json' };
import { likelySeparator, parseCsv } from './assets/csv.js';
import { readFileTexts } from './assets/file-texts.js';

describe('the CSV reader', () => {
  it('equals a known reader for any fields', () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'ß', '"', ',', '\n', '\r\n', ' ', ';'), maxLength: 8 });
    const table = fc
      .integer({ min: 2, max: 4 })
      .chain((columns) => fc.array(fc.array(field, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 6 }));
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), fc.boolean(), (rows, lineEnd, endsWithLine) => {
        const quoted = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join(lineEnd);
        const text = quoted + (endsWithLine ? lineEnd : '');
        expect(parseCsv(text, ',')).toEqual(parse(text, { record_delimiter: ['\r\n', '\n'] }));
        expect(parseCsv(text, ',')).toEqual(rows);
      }),
    );
  });

  it.each([
    {
      what: 'fields without quotes',
      text: 'a,b\n1, 2 \n',
      rows: [
        ['a', 'b'],
        ['1', ' 2 '],
      ],
    },
    {
      what: 'an empty last field',
      text: 'a,b\n1,',
      rows: [
        ['a', 'b'],
        ['1', ''],
      ],
    },
    { what: 'empty lines', text: 'a\n\n\nb\n', rows: [['a'], ['b']] },
    { what: 'a byte order mark', text: '\uFEFFa,b', rows: [['a', 'b']] },
    { what: 'nothing', text: '', rows: [] },
  ])('reads $what', ({ text, rows }) => {
    expect(parseCsv(text, ',')).toEqual(rows);
  });

  it.each(csvDelimiters)('recognises the separator of $what', ({ content, delimiter }) => {
    expect(likelySeparator(content)).toBe(delimiter);
  });

  it('reports a fault instead of guessing', () => {
    expect(() => parseCsv('a,"b', ',')).toThrow('never closed');
  });
});

describe('the texts of a file', () => {
  it('are its lines', () => {
    const { columns, items } = readFileTexts('notes.TXT', '\uFEFFone\r\n\r\n  two  \nthree');

    expect(columns).toEqual([]);
    expect(items('')).toEqual([{ text: 'one' }, { text: 'two' }, { text: 'three' }]);
  });

  it('are a column of a table, with its ids', () => {
    const { columns, likely, items } = readFileTexts('a.csv', 'id;Title;Body\n7;x;"One; two"\n8;y; \n');

    expect({ columns, likely }).toEqual({ columns: ['id', 'Title', 'Body'], likely: 'Body' });
    expect(items('Body')).toEqual([{ id: '7', text: 'One; two' }]);
    expect(items('Title')).toEqual([
      { id: '7', text: 'x' },
      { id: '8', text: 'y' },
    ]);
  });

  it('are taken from the longest column if none has a usual name', () => {
    expect(readFileTexts('a.tsv', 'key\tremark\n1\ta longer remark\n').likely).toBe('remark');
  });

  it('are a field of JSON lines, or the lines themselves', () => {
    const objects = readFileTexts('a.jsonl', '{"id":1,"text":"one","n":5}\n\n{"text":"two"}\n');
    expect([objects.columns, objects.likely]).toEqual([['text'], 'text']);
    expect(objects.items('text')).toEqual([{ id: '1', text: 'one' }, { text: 'two' }]);
    expect(readFileTexts('a.ndjson', '"one"\n"two"').items('')).toEqual([{ text: 'one' }, { text: 'two' }]);
    expect(() => readFileTexts('a.jsonl', '"one"\n{')).toThrow('Line 2 is not JSON');
  });
});
