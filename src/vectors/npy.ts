import type { OutputType } from './output-types.js';

export const NPY_HEADER_BYTES = 128;

/** NumPy's names of the types; float32 is little-endian. */
const DESCRIPTIONS: Readonly<Record<OutputType, string>> = { float: '<f4', int8: '|i1', binary: '|i1', uint8: '|u1', ubinary: '|u1' };

/**
 * The header of a C-ordered matrix, version 1.0 of the format (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
 * Its length does not depend on the number of rows, so that it can be written last.
 */
export function npyHeader(rows: number, columns: number, type: OutputType): Buffer {
  const description = `{'descr': '${DESCRIPTIONS[type]}', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const header = Buffer.alloc(NPY_HEADER_BYTES, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(NPY_HEADER_BYTES - 10, 8);
  header.write(description, 10);
  header.write('\n', NPY_HEADER_BYTES - 1);
  return header;
}
