import { readSync } from 'node:fs';

/** Bytes of an open file. Throws when it ends before. */
export function readAt(file: number, start: number, end: number): Buffer {
  const bytes = Buffer.alloc(end - start);
  let done = 0;
  while (done < bytes.length) {
    const read = readSync(file, bytes, done, bytes.length - done, start + done);
    if (read === 0) throw new Error('it is cut off');
    done += read;
  }
  return bytes;
}
