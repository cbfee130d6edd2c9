import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { grouped, parquetBytes, type ParquetColumn } from '../../parquet/index.js';
import { bytesOf, noVector, npyHeader, vectorJson, type OutputType } from '../../vectors/index.js';
import type { ItemResult } from '../chunk-results.js';
import type { Job } from '../job.js';
import type { ResultsPart } from '../jobs.service.js';

type Parts = AsyncIterable<ResultsPart>;

/** One result on each line. */
export function ndjsonResults(parts: Parts): Readable {
  return streamOf(parts, (part) =>
    Buffer.from(part.results.map((result, index) => `${resultJson(result, part.start + index)}\n`).join('')),
  );
}

/** The job's id and status, and the results. */
export function jsonResults({ id, status }: Job, parts: Parts): Readable {
  let separator = '';
  const render = (part: ResultsPart): Buffer => {
    const text = separator + part.results.map((result, index) => resultJson(result, part.start + index)).join(',');
    separator = ',';
    return Buffer.from(text);
  };
  return streamOf(parts, render, { head: Buffer.from(`{"id":"${id}","status":"${status}","results":[`), tail: Buffer.from(']}') });
}

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly type: OutputType;
}

/** A NumPy array; a text that failed is a row of NaN, or of zeros where numbers are whole. */
export function npyResults(parts: Parts, { rows, columns, type }: Matrix): Readable {
  const empty = bytesOf(noVector(type, columns));
  const render = (part: ResultsPart): Buffer =>
    Buffer.concat(part.results.map((result) => ('error' in result ? empty : bytesOf(result.vector))));
  return streamOf(parts, render, { head: npyHeader(rows, columns, type) });
}

/** Numbers that are encoded at a time, which takes some 10 ms of this thread. */
const NUMBERS_A_GROUP = 2 ** 16;

/** A Parquet file with a row for each text; one that failed has an error instead of an embedding. */
export function parquetResults(parts: Parts, type: OutputType): Readable {
  const groups = grouped(numbered(parts), {
    most: NUMBERS_A_GROUP,
    measure: ({ result }) => ('error' in result ? 100 : result.vector.length),
  });
  async function* bytes(): AsyncGenerator<Buffer> {
    for await (const group of parquetBytes(groups, parquetColumns(type))) {
      yield group;
      await setImmediate();
    }
  }
  return Readable.from(bytes(), { objectMode: false });
}

interface Numbered {
  readonly index: number;
  readonly result: ItemResult;
}

async function* numbered(parts: Parts): AsyncGenerator<Numbered> {
  for await (const { start, results } of parts) yield* results.map((result, at) => ({ index: start + at, result }));
}

const PLACES = ['document', 'chunk', 'start', 'end'] as const;

/** The members of a line of NDJSON, each a column; those of a chunk too, because only its results say whether a job has chunks. */
function parquetColumns(type: OutputType): readonly ParquetColumn<Numbered>[] {
  return [
    { name: 'index', kind: 'count', of: ({ index }) => index },
    { name: 'id', kind: 'text', isOptional: true, of: ({ result }) => result.id },
    ...PLACES.map((name) => ({ name, kind: 'count', isOptional: true, of: ({ result }: Numbered) => result.place?.[name] }) as const),
    { name: 'embedding', kind: 'vector', isOptional: true, type, of: ({ result }) => ('error' in result ? undefined : result.vector) },
    { name: 'tokens', kind: 'count', isOptional: true, of: ({ result }) => ('error' in result ? undefined : result.tokens) },
    {
      name: 'truncated',
      kind: 'flag',
      isOptional: true,
      of: ({ result }) => ('error' in result ? undefined : result.inputTokens > result.tokens),
    },
    { name: 'error', kind: 'text', isOptional: true, of: ({ result }) => ('error' in result ? JSON.stringify(result.error) : undefined) },
  ];
}

function resultJson(result: ItemResult, index: number): string {
  const name = nameJson(result);
  if ('error' in result) return `{"index":${index}${name},"error":${JSON.stringify(result.error)}}`;
  const { vector, tokens, inputTokens } = result;
  return `{"index":${index}${name},"embedding":${vectorJson(vector)},"tokens":${tokens},"truncated":${inputTokens > tokens}}`;
}

/** The names by which the caller knows the text: its id, and its place if it is a chunk. */
function nameJson({ id, place }: ItemResult): string {
  const members = { ...(place !== undefined && { document: place.document }), ...(id !== undefined && { id }), ...placeIn(place) };
  const json = JSON.stringify(members).slice(1, -1);
  return json === '' ? '' : `,${json}`;
}

function placeIn(place: ItemResult['place']): object {
  if (place === undefined) return {};
  const { chunk, start, end } = place;
  return { chunk, start, end };
}

interface Ends {
  readonly head?: Buffer;
  readonly tail?: Buffer;
}

/** Renders one part at a time, as fast as the reader takes them, and lets other work run between two parts. */
function streamOf(parts: Parts, render: (part: ResultsPart) => Buffer, { head, tail }: Ends = {}): Readable {
  async function* bytes(): AsyncGenerator<Buffer> {
    if (head !== undefined) yield head;
    for await (const part of parts) {
      yield render(part);
      await setImmediate();
    }
    if (tail !== undefined) yield tail;
  }
  return Readable.from(bytes(), { objectMode: false });
}
