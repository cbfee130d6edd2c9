import { chunksIn, type Document, type PackedChunks } from '../../chunks/index.js';
import { wellFormed } from '../../texts/index.js';
import { rowWithFault, type Row, type RowSource } from './row.js';

/** Characters (UTF-16 code units) of a document. A line of a text file is not longer either. */
export const LONGEST_DOCUMENT = 16 * 1024 * 1024;

/** Gives the places of the chunks of a document; a string is the fault of the document. */
export type CutDocument = (document: Document) => Promise<PackedChunks | string>;

/** The rows of a source with a row for each chunk of their texts, in order. A text without a chunk is a row with a fault. */
export class ChunkedRows implements RowSource {
  constructor(
    private readonly source: RowSource,
    private readonly cut: CutDocument,
  ) {}

  get rows(): AsyncIterable<Row> {
    return this.read();
  }

  progress(): number | undefined {
    return this.source.progress();
  }

  private async *read(): AsyncGenerator<Row> {
    for await (const row of this.source.rows) {
      const text = row.text === undefined ? '' : wellFormed(row.text);
      const packed = row.text === undefined ? (row.fault ?? 'has no text') : await this.packed({ title: row.title ?? '', text });
      if (typeof packed === 'string') yield rowWithFault(row, packed);
      else for (const { text: part, ...place } of chunksIn(text, packed)) yield chunkRow(row, { text: part, place });
    }
  }

  private async packed(document: Document): Promise<PackedChunks | string> {
    const { length } = document.text;
    if (length > LONGEST_DOCUMENT) return `has ${length} characters, and a document may have ${LONGEST_DOCUMENT}: split it`;
    const packed = await this.cut(document);
    return packed.length === 0 ? 'must not be empty' : packed;
  }
}

function chunkRow(row: Row, { text, place }: Required<Pick<Row, 'text' | 'place'>>): Row {
  const { kept, keptText } = row;
  return { ...row, text, place, ...(kept !== undefined && keptText !== undefined && { kept: { ...kept, [keptText]: text } }) };
}
