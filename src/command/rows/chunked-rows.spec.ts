import { cutText, type Document, type PackedChunks } from '../../chunks/index.js';
import { ChunkedRows, LONGEST_DOCUMENT } from './chunked-rows.js';
import { textToEmbed, type Row } from './row.js';

/** A character is a token. */
async function cut(document: Document): Promise<PackedChunks | string> {
  if (document.text === 'fault') return 'has a fault';
  const ruler = { count: (text: string) => text.length, estimate: (word: string) => word.length };
  const steps = cutText(document, ruler, { tokens: 12, overlap: 0 });
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return await Promise.resolve(step.value);
}

async function rowsOf(...given: readonly Row[]): Promise<readonly Row[]> {
  async function* source(): AsyncGenerator<Row> {
    for (const row of given) yield await Promise.resolve(row);
  }
  const rows: Row[] = [];
  for await (const row of new ChunkedRows({ rows: source(), progress: () => undefined }, cut).rows) rows.push(row);
  return rows;
}

describe('ChunkedRows', () => {
  it('gives a row for each chunk, with its place in the document and what the document has', async () => {
    const rows = await rowsOf({ line: 2, id: 'a', file: 'f', kept: { n: 1 }, text: ' 🙂 one two three' }, { line: 3, text: 'b' });
    const shared = { line: 2, id: 'a', file: 'f', kept: { n: 1 } };
    expect(rows).toEqual([
      { ...shared, text: '🙂 one two', place: { chunk: 0, start: 1, end: 10 } },
      { ...shared, text: 'three', place: { chunk: 1, start: 11, end: 16 } },
      { line: 3, text: 'b', place: { chunk: 0, start: 0, end: 1 } },
    ]);
  });

  it('leaves room for the title, which stands before each chunk when it is embedded', async () => {
    const rows = await rowsOf({ line: 1, title: 'Dogs', text: 'one two three' });
    expect(rows.map(textToEmbed)).toEqual(['Dogs\none two', 'Dogs\nthree']);
  });

  it('keeps the text of the chunk where the text is one of the columns that are kept', async () => {
    const rows = await rowsOf({ line: 1, kept: { body: 'one two three', n: 1 }, keptText: 'body', text: 'one two three' });
    expect(rows.map(({ kept }) => kept)).toEqual([
      { body: 'one two', n: 1 },
      { body: 'three', n: 1 },
    ]);
  });

  it('gives one row with the fault for a document without a chunk', async () => {
    const tooLong = 'x'.repeat(LONGEST_DOCUMENT + 1);
    const rows = await rowsOf({ line: 1, fault: 'is not JSON' }, ...[' \n', 'fault', tooLong].map((text) => ({ line: 2, text })));
    expect(rows).toEqual([
      { line: 1, fault: 'is not JSON' },
      { line: 2, fault: 'must not be empty' },
      { line: 2, fault: 'has a fault' },
      { line: 2, fault: 'has 16777217 characters, and a document may have 16777216: split it' },
    ]);
  });
});
