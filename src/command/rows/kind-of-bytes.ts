const GZIP = [0x1f, 0x8b];

/** Files that users take for text, by their first bytes, and what to do about them. */
const OTHER_KINDS: readonly { readonly first: readonly number[]; readonly fault: string }[] = [
  { first: [0xff, 0xfe], fault: 'is UTF-16: convert it, for example with iconv -f utf-16 -t utf-8' },
  { first: [0xfe, 0xff], fault: 'is UTF-16: convert it, for example with iconv -f utf-16 -t utf-8' },
  { first: [...Buffer.from('PAR1')], fault: 'is a Parquet file: read it with --from parquet' },
  { first: [...Buffer.from('PK\u0003\u0004')], fault: 'is a ZIP archive or an Excel workbook: save its texts as CSV' },
];

export function isGzip(bytes: Uint8Array): boolean {
  return startsWith(bytes, GZIP);
}

/** Undefined = the bytes may begin a text file. */
export function faultOfFirstBytes(bytes: Uint8Array): string | undefined {
  return OTHER_KINDS.find(({ first }) => startsWith(bytes, first))?.fault;
}

function startsWith(bytes: Uint8Array, first: readonly number[]): boolean {
  return first.every((byte, index) => bytes[index] === byte);
}
