export const NPY_HEADER_BYTES = 128;

/**
 * The header of a C-ordered, little-endian float32 matrix, version 1.0 of the format (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html). Its
 * length does not depend on the number of rows, so that it can be written last.
 */
export function npyHeader(rows: number, columns: number): Buffer {
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const header = Buffer.alloc(NPY_HEADER_BYTES, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(NPY_HEADER_BYTES - 10, 8);
  header.write(description, 10);
  header.write('\n', NPY_HEADER_BYTES - 1);
  return header;
}
