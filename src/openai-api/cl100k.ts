/** The text of each token id, from gpt-tokenizer's vocabulary. A piece that is not whole UTF-8 is listed byte by byte. */
type Pieces = readonly (string | readonly number[] | undefined)[];

let loading: Promise<Cl100k> | undefined;

/**
 * Turns OpenAI's token ids into text again. Some clients count and cut texts as tokens, and send those.
 *
 * It uses the library's vocabulary, but not its `decode`. That function keeps the bytes of a character that was cut in two
 * for the next call, which may be another caller's, and takes quadratic time if no token is whole UTF-8.
 */
export class Cl100k {
  private constructor(private readonly pieces: Pieces) {}

  /** Reads the vocabulary at the first call, because few clients send tokens, and it takes 30 ms and 20 MB. */
  static async load(): Promise<Cl100k> {
    loading ??= read();
    return await loading;

    async function read(): Promise<Cl100k> {
      const [{ default: ranks }, { Cl100KBase }] = await Promise.all([
        import('gpt-tokenizer/bpeRanks/cl100k_base'),
        import('gpt-tokenizer/encodingParams/cl100k_base'),
      ]);
      const pieces: (string | readonly number[])[] = [...ranks];
      for (const [text, id] of Cl100KBase(ranks).specialTokensEncoder ?? []) pieces[id] = text;
      return new Cl100k(pieces);
    }
  }

  has(id: unknown): id is number {
    return typeof id === 'number' && this.pieces[id] !== undefined;
  }

  /** `ids` must be known ids. A character of which only a part is there becomes U+FFFD. */
  decode(ids: readonly number[]): string {
    let text = '';
    let bytes: number[] = [];
    for (const id of ids) {
      const piece = this.pieces[id] ?? [];
      if (typeof piece !== 'string') {
        bytes.push(...piece);
        continue;
      }
      text += utf8(bytes) + piece;
      if (bytes.length > 0) bytes = [];
    }
    return text + utf8(bytes);
  }
}

function utf8(bytes: readonly number[]): string {
  return bytes.length === 0 ? '' : Buffer.from(bytes).toString('utf8');
}
