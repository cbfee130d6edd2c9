/** The one writer of Parquet files: outputs of the command, and results of jobs. */
export { grouped, parquetBytes } from './parquet-bytes.js';
export type { ParquetColumn } from './parquet-column.js';
