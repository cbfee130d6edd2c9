import { InputBytes } from './input-bytes.js';
import { isStandardStream } from '../standard-stream.js';
import { nameOfInput } from './input-file.js';
import { InputFault } from './input-fault.js';
import type { FolderFile } from './folder-files.js';
import type { Row } from './row.js';

/** Longer than any book; bounds the memory for a file that is no document. */
const MOST_BYTES = 16 * 1024 * 1024;

export interface DocumentsRead {
  files: number;
  /** Counts files without a text, which become no rows. */
  empty: number;
}

/** Every file is one text, whose id is its path. A file that cannot be read is a row with a fault. */
export async function* documentRows(files: readonly FolderFile[], read: DocumentsRead): AsyncGenerator<Row> {
  for (const file of files) {
    const row = await documentRow(file);
    read.files++;
    if (row.text?.trim() === '') read.empty++;
    else yield row;
  }
}

/** A folder that cannot be read has no id, because it stands for documents that are not known. */
async function documentRow({ path, fault }: FolderFile): Promise<Row> {
  const row = { line: 1, name: nameOfInput({ path }) };
  if (fault !== undefined) return { ...row, fault };
  const id = isStandardStream(path) ? {} : { id: path };
  try {
    return { ...row, ...id, text: await textOf(path) };
  } catch (error) {
    if (!(error instanceof InputFault)) throw error;
    return { ...row, ...id, fault: error.fault };
  }
}

async function textOf(path: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of new InputBytes({ path }).chunks()) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw new InputFault(path, `has over ${MOST_BYTES / 1024 ** 2} MiB of text: split it`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new InputFault(path, 'is not UTF-8: convert it, for example with iconv -f windows-1252 -t utf-8');
  }
}
