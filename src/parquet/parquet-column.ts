import type { ParquetWriter } from 'hyparquet-writer';
import type { OutputType } from '../vectors/index.js';

type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];

interface Named {
  readonly name: string;
  /** Rows may have no value, which is null in the file. */
  readonly isOptional?: true;
}

/** A column of a file. `of` reads its value from a row; only an optional column may have none. */
export type ParquetColumn<Row> = Named &
  (
    | { readonly kind: 'count'; of(row: Row): number | undefined }
    | { readonly kind: 'text'; of(row: Row): string | undefined }
    | { readonly kind: 'flag'; of(row: Row): boolean | undefined }
    | { readonly kind: 'vector'; readonly type: OutputType; of(row: Row): ArrayLike<number> | undefined }
  );

/** Parquet has no type of one byte: it keeps such numbers as INT32, and says in the converted type what they are. */
const ELEMENTS = {
  float: { type: 'FLOAT' },
  int8: { type: 'INT32', converted_type: 'INT_8' },
  binary: { type: 'INT32', converted_type: 'INT_8' },
  uint8: { type: 'INT32', converted_type: 'UINT_8' },
  ubinary: { type: 'INT32', converted_type: 'UINT_8' },
} as const satisfies Record<OutputType, Partial<SchemaElement>>;

/** The elements of the schema that describe the columns. */
export function schemaOf<Row>(columns: readonly ParquetColumn<Row>[]): SchemaElement[] {
  return [{ name: 'root', num_children: columns.length }, ...columns.flatMap(elementsOf)];
}

function elementsOf<Row>(column: ParquetColumn<Row>): readonly SchemaElement[] {
  const head = { name: column.name, repetition_type: column.isOptional === true ? 'OPTIONAL' : 'REQUIRED' } as const;
  switch (column.kind) {
    case 'count':
      return [{ ...head, type: 'INT64' }];
    case 'text':
      return [{ ...head, type: 'BYTE_ARRAY', converted_type: 'UTF8' }];
    case 'flag':
      return [{ ...head, type: 'BOOLEAN' }];
    case 'vector':
      return [
        { ...head, num_children: 1, converted_type: 'LIST' },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', repetition_type: 'REQUIRED', ...ELEMENTS[column.type] },
      ];
  }
}

/** The values of a column, as the writer takes them: it knows whole numbers of 64 bits as BigInt, and no typed arrays. */
export function valuesOf<Row>(column: ParquetColumn<Row>, rows: readonly Row[]): unknown[] {
  switch (column.kind) {
    case 'count':
      return rows.map((row) => ifThere(column.of(row), BigInt));
    case 'vector':
      return rows.map((row) => ifThere(column.of(row), (vector) => Array.from(vector)));
    case 'text':
    case 'flag':
      return rows.map((row) => column.of(row));
  }
}

function ifThere<Value, Result>(value: Value | undefined, change: (value: Value) => Result): Result | undefined {
  return value === undefined ? undefined : change(value);
}
