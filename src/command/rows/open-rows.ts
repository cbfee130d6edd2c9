import { statSync } from 'node:fs';
import { csvRows } from './csv-rows.js';
import { parquetRows } from './parquet-rows.js';
import type { RowNames, RowSource } from './row.js';
import { jsonlRows, textRows } from './text-rows.js';

export const INPUT_FORMATS = ['txt', 'csv', 'tsv', 'jsonl', 'parquet'] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

export function openRows(path: string, format: InputFormat, names: RowNames): RowSource {
  const read = { bytes: 0 };
  const size = Math.max(1, statSync(path).size);
  const progress = (): number => Math.min(1, read.bytes / size);
  switch (format) {
    case 'txt':
      return { rows: textRows(path, names, read), progress };
    case 'jsonl':
      return { rows: jsonlRows(path, names, read), progress };
    case 'csv':
    case 'tsv': {
      const counted = Object.assign(read, { delimiter: format === 'csv' ? ',' : '\t' });
      return { rows: csvRows(path, names, counted), progress };
    }
    case 'parquet': {
      const part = { fraction: 0 };
      return { rows: parquetRows(path, names, part), progress: () => part.fraction };
    }
  }
}
