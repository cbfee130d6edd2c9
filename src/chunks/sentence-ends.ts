/** A sentence is found if it is shorter; a longer one has no end. */
const WINDOW = 8192;
/** A line that goes on in lower case on the next line was broken to be narrow: its end is no end of a sentence. */
const BROKEN_LINE = /\r?\n(?=[^\S\n]*\p{Ll})/gu;

/** Says where the sentences of a text end. Looks at a window of the text at a time. */
export class SentenceEnds {
  /** The locale is fixed, so that every machine finds the same ends. */
  private readonly sentences = new Intl.Segmenter('en', { granularity: 'sentence' });
  private ends: number[] = [];
  private next = 0;
  /** The text before this offset is segmented. */
  private known = 0;

  constructor(private readonly text: string) {}

  /** Whether a sentence ends from `first` to `last`. The ends before `first` are forgotten. */
  hasBetween(first: number, last: number): boolean {
    for (;;) {
      while ((this.ends[this.next] ?? Infinity) < first) this.next++;
      const end = this.ends[this.next];
      if (end !== undefined) return end <= last;
      if (this.known >= this.text.length || this.known > last) return false;
      this.readWindow();
    }
  }

  private readWindow(): void {
    const from = this.known;
    const window = this.text.slice(from, from + WINDOW);
    const prose = window.replaceAll(BROKEN_LINE, ({ length }) => ' '.repeat(length));
    const ends = Array.from(this.sentences.segment(prose), ({ index }) => from + index).slice(1);
    const isLast = from + window.length === this.text.length;
    this.known = isLast ? this.text.length : (ends.at(-1) ?? from + window.length);
    this.ends = ends;
    this.next = 0;
  }
}
