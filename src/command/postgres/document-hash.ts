import { createHash } from 'node:crypto';
import type { Row } from '../rows/row.js';
import { storedJson } from './stored-json.js';

/** The options of a run that decide what a document becomes, by name. */
export type DocumentOptions = Readonly<Record<string, string | number | undefined>>;

/** Differs if the text, the title, the copied values or the options differ. */
export function documentHash({ text, title, kept }: Row, options: DocumentOptions): Buffer {
  return createHash('sha256')
    .update(storedJson([text ?? null, title ?? null, kept ?? null, options]))
    .digest();
}
