/** A document that is near to a query. */
export interface Neighbour {
  /** The number of the document in its file, from 0. */
  readonly document: number;
  readonly cosine: number;
}

/** The spread tells cosines apart in steps of a thousandth: this many from -1 to 0, and again from 0 to 1. */
const HALF = 1_000;
const STEPS = 2 * HALF + 1;

/**
 * Finds the nearest documents of each query, and the spread of all cosines between the two. Documents come in parts and are not
 * kept, so memory does not depend on their number. Vectors have length one.
 */
export class Nearest {
  readonly neighbours: readonly Neighbour[][];
  private readonly counts = new Float64Array(STEPS);
  private documents = 0;

  constructor(
    private readonly queries: readonly Float32Array[],
    private readonly most: number,
  ) {
    this.neighbours = queries.map(() => []);
  }

  add(documents: readonly Float32Array[]): void {
    for (const vector of documents) {
      const document = this.documents++;
      for (const [at, query] of this.queries.entries()) this.meet(at, { document, cosine: dot(query, vector) });
    }
  }

  /** The cosine that this share of all pairs is below or at, to a step. */
  quantile(share: number): number {
    const pairs = this.documents * this.queries.length;
    let seen = 0;
    const step = this.counts.findIndex((count) => (seen += count) >= share * pairs);
    return (step - HALF) / HALF;
  }

  private meet(at: number, neighbour: Neighbour): void {
    const step = Math.min(STEPS - 1, Math.max(0, Math.round((neighbour.cosine + 1) * HALF)));
    this.counts[step] = (this.counts[step] ?? 0) + 1;
    const nearest = this.neighbours[at] ?? [];
    const last = nearest.at(-1);
    if (nearest.length === this.most && last !== undefined && neighbour.cosine <= last.cosine) return;
    const place = nearest.findIndex(({ cosine }) => cosine < neighbour.cosine); // of two equal ones, the first document is nearer
    nearest.splice(place === -1 ? nearest.length : place, 0, neighbour);
    if (nearest.length > this.most) nearest.pop();
  }
}

function dot(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += (left[at] ?? 0) * (right[at] ?? 0);
  return sum;
}
