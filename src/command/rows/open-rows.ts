import { csvRows } from './csv-rows.js';
import { documentRows } from './document-rows.js';
import { InputBytes } from './input-bytes.js';
import type { InputFile } from './input-file.js';
import { parquetRows } from './parquet-rows.js';
import type { RowNames, RowSource } from './row.js';
import { jsonlRows, textRows } from './text-rows.js';

/** Nothing is opened before the first row is read. */
export function openRows(input: InputFile, names: RowNames): RowSource {
  const bytes = new InputBytes(input);
  const progress = (): number | undefined => bytes.fraction();
  switch (input.format) {
    case 'txt':
      return { rows: textRows(bytes), progress };
    case 'md': {
      const { files = [input] } = input;
      const read = { files: 0, empty: 0 };
      return { rows: documentRows(files, read), progress: () => read.files / files.length, emptyFiles: () => read.empty };
    }
    case 'jsonl':
      return { rows: jsonlRows(bytes, names), progress };
    case 'csv':
      return { rows: csvRows(bytes, names, input.delimiter), progress };
    case 'tsv':
      return { rows: csvRows(bytes, names, input.delimiter ?? '\t'), progress };
    case 'parquet': {
      const part = { fraction: 0 };
      return { rows: parquetRows(input.path, names, part), progress: () => part.fraction };
    }
  }
}
