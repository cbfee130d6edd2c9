import { gzipSync } from 'node:zlib';
import * as hyparquet from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { isParquet, readParquetTexts } from './assets/parquet-texts.js';

type Columns = Parameters<typeof parquetWriteBuffer>[0]['columnData'];

const LIBRARY = { ...hyparquet, compressors };

function fileOf(columnData: Columns, options: Partial<Parameters<typeof parquetWriteBuffer>[0]> = {}): Blob {
  return new Blob([parquetWriteBuffer({ columnData, ...options })]);
}

describe('a Parquet file on the page', () => {
  const columns: Columns = [
    { name: 'id', data: [7n, 8n, 9n], type: 'INT64' },
    { name: 'title', data: ['a', 'b', 'c'], type: 'STRING' },
    { name: 'body', data: ['one', '', null], type: 'STRING' },
    { name: 'score', data: [1, 2, 3], type: 'DOUBLE' },
  ];

  it('offers its columns of strings, and has an item with the id of each row', async () => {
    const { columns: offered, likely, items } = await readParquetTexts(fileOf(columns), LIBRARY);
    expect([offered, likely]).toEqual([['title', 'body'], 'body']);
    expect(items('body')).toEqual([
      { id: '7', text: 'one' },
      { id: '8', text: null },
      { id: '9', text: null },
    ]);
  });

  it('can be compressed with gzip', async () => {
    const packed = fileOf(columns, { codec: 'GZIP', compressors: { GZIP: (bytes) => gzipSync(bytes) } });
    expect((await readParquetTexts(packed, LIBRARY)).items('title').map(({ text }) => text)).toEqual(['a', 'b', 'c']);
  });

  it('is refused without a column of strings, or if it is none', async () => {
    await expect(readParquetTexts(fileOf(columns.slice(3)), LIBRARY)).rejects.toThrow(
      'It has no column of strings; its columns are score.',
    );
    await expect(readParquetTexts(new Blob(['text\none\n']), LIBRARY)).rejects.toThrow(/parquet/);
  });

  it('is known by its name', () => {
    expect(['a.parquet', 'B.PQ', 'parquet.csv'].map((name) => isParquet({ name }))).toEqual([true, true, false]);
  });
});
