import { faulty } from '../errors/index.js';
import type { ChunkSize } from './chunk-size.js';
import { MeasuredPieces } from './measured-pieces.js';
import { ENDINGS, type Ending } from './text-pieces.js';
import type { TextRange } from './word-parts.js';

/** Counts tokens of the model. */
export interface Ruler {
  /** The tokens that the model reads of this text alone, with all that stands before and after it. */
  count(text: string): number;
  /** About how many tokens a word adds. Need not be exact: every chunk is counted. */
  estimate(word: string): number;
}

/** White space may have no tokens, and a very long word may be a single one. */
const MOST_CHARACTERS_PER_TOKEN = 32;
const LEAST_CHARACTERS = 256;
/** Tries to fill a chunk better. */
const MOST_TRIES = 4;
/** A chunk is full enough. */
const FULL = 0.9;

/**
 * Cuts a text into chunks, in order; all of it but white space is in one. No chunk has more tokens than asked. It ends at the
 * last end of a paragraph in its second half; else of a sentence in its second half; else at the end of a word. A word is cut
 * only if it is longer than a chunk, and then between characters. Depends on nothing but its arguments and the rules of
 * Intl.Segmenter. The time grows with the length of the text. Throws a ServiceError for a character with more tokens than a
 * chunk may have.
 */
export function* chunksOf(text: string, ruler: Ruler, { tokens, overlap }: ChunkSize): Generator<TextRange> {
  const cutter = new Cutter(text, ruler, tokens);
  const { pieces } = cutter;
  let first = 0;
  let last = -1;
  while (pieces.has(last + 1)) {
    const repeated = last < 0 || overlap === 0 ? undefined : cutter.repeatedFrom(first, last, overlap);
    const end = repeated === undefined ? undefined : cutter.chunkFrom(repeated, last);
    first = end === undefined ? last + 1 : (repeated ?? last + 1); // nothing is repeated where that leaves no room for anything new
    last = end ?? cutter.firstChunkFrom(first);
    yield pieces.range(first, last);
    pieces.forgetBefore(first);
  }
}

class Cutter {
  readonly pieces: MeasuredPieces;
  /** The tokens that every chunk has beside its own. */
  private readonly fixed: number;
  private readonly room: number;
  private readonly mostCharacters: number;
  /** Tokens for each estimated one. */
  private ratio = 1;

  constructor(
    private readonly text: string,
    private readonly ruler: Ruler,
    tokens: number,
  ) {
    this.pieces = new MeasuredPieces(text, (piece) => ruler.estimate(piece));
    this.fixed = ruler.count('');
    this.room = tokens - this.fixed;
    this.mostCharacters = Math.max(LEAST_CHARACTERS, this.room * MOST_CHARACTERS_PER_TOKEN);
  }

  /** The last piece of the chunk that begins with this piece; undefined = the chunk would not reach behind `after`. */
  chunkFrom(first: number, after = first - 1): number | undefined {
    const furthest = this.furthest(first);
    if (furthest <= after) return undefined;
    if (!this.pieces.has(furthest + 1)) return furthest;
    const half = this.pieces.cost(first, furthest) / 2;
    for (const ending of ['paragraph', 'sentence', 'word'] as const) {
      for (let end = furthest; end > after && end >= first && this.pieces.cost(first, end) >= half; end--) {
        if (this.endsWith(end, ending) && (end === furthest || this.own(first, end) <= this.room)) return end;
      }
    }
    return furthest;
  }

  /** The same; a piece that is too long is cut. */
  firstChunkFrom(first: number): number {
    for (let end = this.chunkFrom(first); ; end = this.chunkFrom(first)) {
      if (end !== undefined) return end;
      if (this.pieces.split(first)) continue;
      const character = JSON.stringify(this.textOf(first, first));
      throw faulty('chunk.tokens', `is too small: the text has the character ${character}, which has ${this.own(first, first)} tokens`);
    }
  }

  /** The first piece that the next chunk repeats; undefined = it repeats nothing. A sentence is better, if it is half of the overlap. */
  repeatedFrom(first: number, last: number, overlap: number): number | undefined {
    let start = last + 1;
    while (start - 1 > first && this.pieces.cost(start - 1, last) * this.ratio <= overlap) start--;
    while (start <= last && this.own(start, last) > overlap) start += Math.ceil((last + 1 - start) / 2);
    for (let tries = 0; tries < MOST_TRIES && start - 1 > first && this.own(start - 1, last) <= overlap; tries++) start--;
    if (start > last) return undefined;
    const half = this.pieces.cost(start, last) / 2;
    for (let better = start; better <= last && this.pieces.cost(better, last) >= half; better++) {
      if (this.endsWith(better - 1, 'sentence') && this.own(better, last) <= overlap) return better;
    }
    return start;
  }

  /** The last piece with which a chunk that begins here is full; the one before `first` if not even that one fits. */
  private furthest(first: number): number {
    if (!this.isShort(first, first)) return first - 1;
    let best = first - 1;
    let tooFar = Infinity;
    let limit = this.room / this.ratio;
    for (let tries = 1; ; tries++) {
      const end = tries > MOST_TRIES ? Math.floor((first + tooFar - 1) / 2) : Math.min(tooFar - 1, this.estimatedEnd(first, limit));
      if (end <= best) return best;
      const own = Math.max(1, this.own(first, end));
      const cost = Math.max(1, this.pieces.cost(first, end));
      if (own <= this.room) best = end;
      else tooFar = end;
      this.ratio = own / cost;
      limit = (cost * this.room) / own;
      const isFull = own >= this.room * FULL || tries >= MOST_TRIES || !this.pieces.has(end + 1);
      if (best >= first && (isFull || best < end)) return best;
    }
  }

  private estimatedEnd(first: number, limit: number): number {
    let end = first;
    while (this.pieces.has(end + 1) && this.isShort(first, end + 1) && this.pieces.cost(first, end + 1) <= limit) end++;
    return end;
  }

  private isShort(first: number, last: number): boolean {
    const { start, end } = this.pieces.range(first, last);
    return end - start <= this.mostCharacters;
  }

  private endsWith(number: number, ending: Ending): boolean {
    return ENDINGS.indexOf(this.pieces.at(number).ends) >= ENDINGS.indexOf(ending);
  }

  /** Tokens of these pieces, as far as they are known apart from those that every chunk has. */
  private own(first: number, last: number): number {
    return this.ruler.count(this.textOf(first, last)) - this.fixed;
  }

  private textOf(first: number, last: number): string {
    const { start, end } = this.pieces.range(first, last);
    return this.text.slice(start, end);
  }
}
