import type { Nearest, Neighbour } from './nearest.js';
import type { NumberedText } from '../read-texts.js';

/** The vectors and figures of one model. */
export interface Side {
  readonly model: string;
  readonly dimensions: number;
  readonly space: string;
  readonly documents: number;
  readonly nearest: Nearest;
}

interface ComparedModel {
  readonly model: string;
  readonly space: string;
  readonly dimensions: number;
  /** The 5th, 50th and 95th percentile of the cosines of all pairs of a query and a document. */
  readonly cosines: { readonly p5: number; readonly p50: number; readonly p95: number };
  /** Means over the queries: the cosine of the first neighbour, and of the last that is compared. */
  readonly nearest: { readonly first: number; readonly last: number };
}

/** The output of `compare --json`. */
export interface Comparison {
  readonly queries: number;
  readonly documents: number;
  readonly models: readonly ComparedModel[];
  /** The neighbours of a query that are compared: ten, or all documents if there are fewer. */
  readonly neighbours: number;
  readonly same: {
    /** Neighbours that both models have, per query. */
    readonly mean: number;
    readonly least: number;
    /** The query that has the least. */
    readonly least_query: string;
    /** Queries with the same first neighbour. */
    readonly first: number;
  };
}

/** Two sides that got the same texts. */
export function compared(sides: readonly Side[], queries: readonly NumberedText[]): Comparison {
  const [documents = 0] = sides.map((side) => side.documents);
  const [left = [], right = []] = sides.map(({ nearest }) => nearest.neighbours);
  const shared = left.map((of, query) => countShared(of, right[query] ?? []));
  const least = Math.min(...shared);
  const first = left.filter(([neighbour], query) => neighbour?.document === right[query]?.[0]?.document).length;
  return {
    queries: queries.length,
    documents,
    models: sides.map(modelOf),
    neighbours: left[0]?.length ?? 0,
    same: { mean: meanOf(shared), least, least_query: queries[shared.indexOf(least)]?.text ?? '', first },
  };
}

const TITLE_WIDTH = 22;
const LONGEST_QUERY = 60;

/** The comparison for a reader. */
export function comparisonLines({ queries, documents, models, neighbours, same }: Comparison): readonly string[] {
  const query = same.least_query.length > LONGEST_QUERY ? `${same.least_query.slice(0, LONGEST_QUERY)}...` : same.least_query;
  return [
    lineOf('Compared', `${queries} queries with ${documents} documents`),
    ...models.flatMap(({ model, dimensions, space, cosines: { p5, p50, p95 }, nearest }) => [
      lineOf(model, `${dimensions} dimensions, space ${space}`),
      lineOf('  cosines of all', `${inDigits(p5)} to ${inDigits(p95)}, half below ${inDigits(p50)}`),
      lineOf('  of the nearest', `first ${inDigits(nearest.first)}, number ${neighbours} ${inDigits(nearest.last)}`),
    ]),
    lineOf(
      `Same nearest ${neighbours}`,
      `${same.mean.toFixed(1)} of ${neighbours}; least ${same.least}, for: ${query.replaceAll(/\s+/g, ' ')}`,
    ),
    lineOf('Same first', `${same.first} of ${queries} queries`),
  ];
}

function modelOf({ model, space, dimensions, nearest }: Side): ComparedModel {
  const of = (at: 0 | -1): number => meanOf(nearest.neighbours.map((neighbours) => neighbours.at(at)?.cosine ?? Number.NaN));
  return {
    model,
    space,
    dimensions,
    cosines: { p5: nearest.quantile(0.05), p50: nearest.quantile(0.5), p95: nearest.quantile(0.95) },
    nearest: { first: of(0), last: of(-1) },
  };
}

function countShared(left: readonly Neighbour[], right: readonly Neighbour[]): number {
  const documents = new Set(right.map(({ document }) => document));
  return left.filter(({ document }) => documents.has(document)).length;
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

function inDigits(cosine: number): string {
  return cosine.toFixed(2);
}

function lineOf(title: string, text: string): string {
  return `${title.padEnd(TITLE_WIDTH)}  ${text}`;
}
