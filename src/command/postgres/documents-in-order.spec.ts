import type { Result } from '../output/result.js';
import { DocumentsInOrder, type Document } from './documents-in-order.js';

const VECTOR = { vector: Float32Array.of(1), truncated: false };

function chunk(id: string, number: number, outcome: Result['outcome'] = VECTOR): Result {
  return { row: { line: 1, id, place: { chunk: number, start: number, end: number + 1 } }, outcome };
}

function shown(documents: readonly Document[]): unknown {
  return documents.map(({ id, rows, faults }) => [id, rows.map(({ row }) => row.place?.chunk), faults]);
}

it('gives out a document when the next one begins, however its chunks arrive', () => {
  const documents = new DocumentsInOrder();
  expect(shown(documents.add([chunk('a', 0), chunk('a', 1)]))).toEqual([]);
  expect(shown(documents.add([chunk('a', 2), chunk('b', 0), chunk('c', 0)]))).toEqual([
    ['a', [0, 1, 2], 0],
    ['b', [0], 0],
  ]);
  expect(shown(documents.end())).toEqual([['c', [0], 0]]);
  expect(shown(documents.end())).toEqual([]);
});

it('gives out a text that is not cut at once, after the chunks before it', () => {
  const documents = new DocumentsInOrder();
  documents.add([chunk('a', 0)]);
  expect(shown(documents.add([{ row: { line: 2, id: 7 }, outcome: VECTOR }]))).toEqual([
    ['a', [0], 0],
    ['7', [undefined], 0],
  ]);
});

it('counts the chunks of a document that have a fault', () => {
  const documents = new DocumentsInOrder();
  documents.add([chunk('a', 0), chunk('a', 1, 'could not be computed'), chunk('a', 2)]);
  expect(shown(documents.end())).toEqual([['a', [0, 2], 1]]);
});

it('leaves out rows that are no part of a document: without an id, or with a fault of the whole text', () => {
  const documents = new DocumentsInOrder();
  documents.add([chunk('a', 0), { row: { line: 2, id: 'a' }, outcome: 'has the id a of an earlier row' }]);
  expect(shown(documents.add([{ row: { line: 3 }, outcome: 'has no id' }]))).toEqual([]);
  expect(shown(documents.end())).toEqual([['a', [0], 0]]);
});
