import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { grouped, parquetBytes, type ParquetColumn } from './index.js';

interface Row {
  readonly at: number;
  readonly text?: string;
  readonly vector?: ArrayLike<number>;
}

const COLUMNS: readonly ParquetColumn<Row>[] = [
  { name: 'at', kind: 'count', of: ({ at }) => at },
  { name: 'text', kind: 'text', isOptional: true, of: ({ text }) => text },
  { name: 'isThere', kind: 'flag', of: ({ vector }) => vector !== undefined },
  { name: 'vector', kind: 'vector', isOptional: true, type: 'int8', of: ({ vector }) => vector },
];

const ROWS: readonly Row[] = [
  { at: 0, text: 'Grüße, 世界 🙂', vector: Int8Array.of(1, -128, 127) },
  { at: 2 ** 40 },
  { at: 2, text: '', vector: [0, 0, 0] },
];

async function fileOf(rows: readonly Row[], most: number): Promise<ArrayBuffer> {
  const parts: Buffer[] = [];
  for await (const part of parquetBytes(grouped(rows, { most, measure: () => 1 }), COLUMNS)) parts.push(part);
  return Uint8Array.from(Buffer.concat(parts)).buffer;
}

describe('a Parquet file', () => {
  it('gives back its rows, with null where an optional value is missing', async () => {
    const rows = await parquetReadObjects({ file: await fileOf(ROWS, 2) });
    expect(rows.map(({ vector, ...row }) => ({ ...row, vector: vector && [...(vector as Int8Array)] }))).toEqual([
      { at: 0n, text: 'Grüße, 世界 🙂', isThere: true, vector: [1, -128, 127] },
      { at: 2n ** 40n, text: null, isThere: false, vector: null },
      { at: 2n, text: '', isThere: true, vector: [0, 0, 0] },
    ]);
  });

  it('has a row group for each group of rows', async () => {
    const { row_groups: groups } = parquetMetadata(await fileOf(ROWS, 2));
    expect(groups.map(({ num_rows: rows }) => rows)).toEqual([2n, 1n]);
  });

  it('can have no rows', async () => {
    const file = await fileOf([], 2);
    expect(parquetMetadata(file).num_rows).toBe(0n);
    expect(await parquetReadObjects({ file })).toEqual([]);
  });
});
