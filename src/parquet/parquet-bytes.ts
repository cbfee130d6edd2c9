import { schemaOf, valuesOf, type ParquetColumn } from './parquet-column.js';

/**
 * The bytes of a Parquet file with these rows, group by group. Each group is encoded at once, on this thread, and no other is in
 * memory. Only the index of the groups grows, by some hundred bytes for each.
 */
export async function* parquetBytes<Row>(
  groups: AsyncIterable<readonly Row[]>,
  columns: readonly ParquetColumn<Row>[],
): AsyncGenerator<Buffer> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const writer = new ByteWriter();
  const taken = (): Buffer => {
    const bytes = Buffer.from(writer.getBytes()); // a copy
    writer.index = 0;
    return bytes;
  };
  const parquet = new ParquetWriter({ writer, schema: schemaOf(columns), statistics: false, createdBy: 'embedding-pipeline' });
  for await (const rows of groups) {
    const columnData = columns.map((column) => ({
      name: column.name,
      data: valuesOf(column, rows),
      ...(column.kind === 'vector' && VECTORS),
    }));
    await parquet.write({ columnData, rowGroupSize: rows.length });
    yield taken();
  }
  await parquet.finish();
  yield taken();
}

/** The numbers of vectors hardly repeat, so neither a dictionary nor compression makes them smaller; both cost time. */
const VECTORS = { encoding: 'PLAIN', codec: 'UNCOMPRESSED' } as const;

/** Groups of rows until one has at least `most` by the measure, such as rows or numbers. */
export async function* grouped<Row>(
  rows: AsyncIterable<Row> | Iterable<Row>,
  { most, measure }: { readonly most: number; readonly measure: (row: Row) => number },
): AsyncGenerator<readonly Row[]> {
  let group: Row[] = [];
  let size = 0;
  for await (const row of rows) {
    group.push(row);
    size += measure(row);
    if (size < most) continue;
    yield group;
    group = [];
    size = 0;
  }
  if (group.length > 0) yield group;
}
