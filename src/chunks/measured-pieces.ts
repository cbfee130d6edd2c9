import { piecesOf, type Piece } from './text-pieces.js';
import { charactersIn, type TextRange } from './word-parts.js';

interface MeasuredPiece extends Piece {
  readonly cost: number;
  /** The cost of all pieces before this one. */
  readonly before: number;
}

/** The pieces of a text by number, from 0 on. They are made when they are asked for, and kept until they are forgotten. */
export class MeasuredPieces {
  private readonly source: Iterator<Piece>;
  private readonly pieces: MeasuredPiece[] = [];
  /** The number of the first piece that is kept. */
  private first = 0;

  /** @param estimate About how many tokens a piece has. */
  constructor(
    private readonly text: string,
    private readonly estimate: (piece: string) => number,
  ) {
    this.source = piecesOf(text);
  }

  has(number: number): boolean {
    while (number - this.first >= this.pieces.length) {
      const next = this.source.next();
      if (next.done === true) return false;
      this.add(next.value, this.estimate(this.text.slice(next.value.start, next.value.end)));
    }
    return true;
  }

  at(number: number): Piece {
    return this.measured(number);
  }

  /** From the first to the last of these pieces. */
  range(first: number, last: number): TextRange {
    return { start: this.measured(first).start, end: this.measured(last).end };
  }

  /** About how many tokens these pieces have together. */
  cost(first: number, last: number): number {
    const end = this.measured(last);
    return end.before + end.cost - this.measured(first).before;
  }

  forgetBefore(number: number): void {
    this.pieces.splice(0, number - this.first);
    this.first = number;
  }

  /** Makes a piece of each of its characters. False = it is one character. */
  split(number: number): boolean {
    const { cost, ends, ...range } = this.measured(number);
    const parts = charactersIn(this.text, range);
    if (parts.length === 1) return false;
    const later = this.pieces.splice(number - this.first);
    parts.forEach((part, index) => this.add({ ...part, ends: index === parts.length - 1 ? ends : 'nothing' }, cost / parts.length));
    for (const piece of later.slice(1)) this.add(piece, piece.cost);
    return true;
  }

  private add(piece: Piece, cost: number): void {
    const last = this.pieces.at(-1);
    const { start, end, ends } = piece;
    this.pieces.push({ start, end, ends, cost, before: last === undefined ? 0 : last.before + last.cost });
  }

  private measured(number: number): MeasuredPiece {
    const piece = this.has(number) ? this.pieces[number - this.first] : undefined;
    if (piece === undefined) throw new RangeError(`the text has no piece ${number}`);
    return piece;
  }
}
