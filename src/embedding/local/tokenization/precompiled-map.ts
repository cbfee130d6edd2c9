/** A grapheme with fewer bytes than this is looked up as a whole; a longer one character by character. */
const LONGEST_WHOLE_BYTES = 6;
/** Printable ASCII, which such maps leave as it is. */
const PLAIN = /^[ -~]*$/;
/** They take 5 MB. If there are more, all are forgotten. */
const MOST_CHARACTERS = 32_768;
const LEAF = 0x100;
const LABEL = 0x800000ff;
const VALUE = 0x7fffffff;

/**
 * SentencePiece's normalisation as a tokenizer.json carries it (`precompiled_charsmap`): a double-array trie (darts-clone)
 * from texts to texts. Looked up as the tokenizers library does it; the JavaScript library has NFKC in its place, which
 * differs for half-width kana, joined emoji and stacked marks.
 */
export class PrecompiledMap {
  private readonly units: Uint32Array;
  private readonly texts: Uint8Array;
  private readonly graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
  private readonly ofCharacter = new Map<string, string>();
  private readonly encoder = new TextEncoder();
  private readonly decoder = new TextDecoder();

  constructor(base64: string) {
    const bytes = Uint8Array.from(Buffer.from(base64, 'base64')); // a copy, so that its words lie where they must
    const trieBytes = new DataView(bytes.buffer).getUint32(0, true);
    this.units = new Uint32Array(bytes.buffer.slice(4, 4 + trieBytes));
    this.texts = bytes.subarray(4 + trieBytes);
  }

  normalize(text: string): string {
    if (PLAIN.test(text)) return text;
    let normalized = '';
    for (const { segment } of this.graphemes.segment(text)) normalized += this.normalizeGrapheme(segment);
    return normalized;
  }

  private normalizeGrapheme(grapheme: string): string {
    const characters = Array.from(grapheme);
    const isOne = characters.length === 1;
    if (!isOne && Buffer.byteLength(grapheme) < LONGEST_WHOLE_BYTES) {
      const whole = this.find(grapheme);
      if (whole !== undefined) return whole;
    }
    return isOne ? this.normalizeCharacter(grapheme) : characters.map((character) => this.normalizeCharacter(character)).join('');
  }

  private normalizeCharacter(character: string): string {
    let normalized = this.ofCharacter.get(character);
    if (normalized === undefined) {
      if (this.ofCharacter.size === MOST_CHARACTERS) this.ofCharacter.clear();
      this.ofCharacter.set(character, (normalized = this.find(character) ?? character));
    }
    return normalized;
  }

  /** The replacement for the shortest beginning of the text that is in the trie, because the library takes the first that it finds. */
  private find(text: string): string | undefined {
    let place = offsetOf(this.units[0] ?? 0);
    for (const byte of this.encoder.encode(text)) {
      place ^= byte;
      const unit = this.units[place] ?? 0;
      if ((unit & LABEL) >>> 0 !== byte) return undefined;
      place ^= offsetOf(unit);
      if ((unit & LEAF) !== 0) return this.textAt((this.units[place] ?? 0) & VALUE);
    }
    return undefined;
  }

  /** Texts end with a zero. */
  private textAt(start: number): string {
    return this.decoder.decode(this.texts.subarray(start, this.texts.indexOf(0, start)));
  }
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
