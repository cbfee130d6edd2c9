import { fromRows } from './file-texts.js';

/** @typedef {import('./file-texts.js').FileTexts} FileTexts */

/** What the library for Parquet gives. @typedef {Pick<typeof import('hyparquet'), 'parquetMetadataAsync' | 'parquetReadObjects' | 'parquetSchema'> & { compressors: import('hyparquet').Compressors }} ParquetLibrary */

/** @param {{ name: string }} file */
export function isParquet({ name }) {
  return /\.(?:parquet|pq)$/i.test(name);
}

/**
 * The texts of a Parquet file. Only its columns of strings are read, and the one named id.
 *
 * @param {Blob} file
 * @param {ParquetLibrary} library
 * @returns {Promise<FileTexts>}
 */
export async function readParquetTexts(file, { parquetMetadataAsync, parquetReadObjects, parquetSchema, compressors }) {
  const bytes = {
    byteLength: file.size,
    slice: async (/** @type {number} */ start, /** @type {number | undefined} */ end) => await file.slice(start, end).arrayBuffer(),
  };
  const metadata = await parquetMetadataAsync(bytes);
  const elements = parquetSchema(metadata).children.map(({ element }) => element);
  const texts = elements.filter(isOfStrings).map(({ name }) => name);
  if (texts.length === 0) throw new Error(`It has no column of strings; its columns are ${elements.map(({ name }) => name).join(', ')}.`);
  const columns = elements.some(({ name }) => name === 'id') ? [...new Set([...texts, 'id'])] : texts;
  return fromRows(texts, await parquetReadObjects({ file: bytes, metadata, columns, compressors }));
}

/** @param {import('hyparquet').SchemaElement} element */
function isOfStrings({ converted_type: converted, logical_type: logical }) {
  return converted === 'UTF8' || logical?.type === 'STRING';
}
