import { faulty } from '../errors/index.js';
import { chunksOf, type Ruler } from './chunks-of.js';
import type { ChunkPlace } from './chunk-place.js';
import type { ChunkSize } from './chunk-size.js';
import { titled } from './titled.js';

/** The chunks of a text in the form in which they go from one thread to another: four numbers for each. */
export type PackedChunks = Int32Array<ArrayBuffer>;

/** A chunk: its place in the document, and its text. */
export interface Chunk extends ChunkPlace {
  readonly text: string;
}

const NUMBERS = 4;

/** A text to cut, and the title that stands before each of its chunks; '' = none. */
export interface Document {
  readonly title: string;
  readonly text: string;
}

/**
 * Cuts a text, one chunk at each step, and returns where the chunks are; see chunksOf. Throws a ServiceError with the fault of
 * `title` or `chunk.tokens` if they leave no room.
 */
export function* cutText({ title, text }: Document, ruler: Ruler, size: ChunkSize): Generator<undefined, PackedChunks> {
  refuseIfFull(title, ruler, size);
  const withTitle: Ruler = {
    count: (part) => ruler.count(titled(title, part)),
    estimate: (word) => ruler.estimate(word),
  };
  const numbers: number[] = [];
  const [starts, ends] = [new CharacterCount(text), new CharacterCount(text)];
  for (const { start, end } of chunksOf(text, withTitle, size)) {
    numbers.push(start, end, starts.before(start), ends.before(end));
    yield;
  }
  return Int32Array.from(numbers);
}

function refuseIfFull(title: string, ruler: Ruler, { tokens }: ChunkSize): void {
  const fixed = ruler.count('');
  if (fixed >= tokens) throw faulty('chunk.tokens', `must be over ${fixed}, the tokens of the prompt and the special tokens`);
  const most = Math.floor((tokens - fixed) / 2);
  const ofTitle = ruler.count(titled(title, '')) - fixed;
  if (ofTitle > most) throw faulty('title', `has ${ofTitle} tokens, and before chunks of ${tokens} tokens may have ${most}`);
}

/** The chunks of the text that was cut. */
export function* chunksIn(text: string, packed: PackedChunks): Generator<Chunk> {
  for (let at = 0; at < packed.length; at += NUMBERS) {
    const [from = 0, to = 0, start = 0, end = 0] = packed.subarray(at, at + NUMBERS);
    yield { chunk: at / NUMBERS, start, end, text: text.slice(from, to) };
  }
}

/** Counts code points; asked for one offset after the other. */
class CharacterCount {
  private offset = 0;
  private count = 0;

  constructor(private readonly text: string) {}

  before(offset: number): number {
    for (; this.offset < offset; this.count++) this.offset += (this.text.codePointAt(this.offset) ?? 0) > 0xffff ? 2 : 1;
    return this.count;
  }
}
