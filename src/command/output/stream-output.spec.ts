import { createWriteStream } from 'node:fs';
import { Writable } from 'node:stream';
import { outputFormat } from './output-format.js';
import { StreamOutput } from './stream-output.js';

const SHAPE = { type: 'int8', dimensions: 2, kept: ['file', 'title'], isChunked: true } as const;
const VECTOR = { vector: Int8Array.of(1, -2), truncated: false };
const RESULTS = [
  { row: { line: 1, file: 'a.csv', place: { chunk: 0, start: 0, end: 9 }, kept: { title: 'x', year: 2001n } }, outcome: VECTOR },
  { row: { line: 2 }, outcome: 'must not be empty' },
];

describe('StreamOutput', () => {
  it('writes a line for each row that has a vector, and counts rows', async () => {
    const written: string[] = [];
    const stream = new Writable({
      write: (chunk: Buffer, _, done) => {
        written.push(chunk.toString());
        done();
      },
    });
    const output = new StreamOutput(stream, outputFormat('jsonl', SHAPE));
    await output.append(RESULTS);
    expect(written).toEqual([
      '{"line":1,"file":"a.csv","chunk":0,"start":0,"end":9,"title":"x","year":2001,"embedding":[1,-2],"truncated":false}\n',
    ]);
    expect(output.done).toEqual({ rows: 2, written: 1, failed: 1 });
    await expect(output.interrupt()).resolves.toBeUndefined();
  });

  it('says that the disk is full', async () => {
    const stream = createWriteStream('/dev/full');
    stream.on('error', () => undefined); // a stream reports an error also as an event
    const output = new StreamOutput(stream, outputFormat('jsonl', SHAPE));
    await expect(output.append(RESULTS)).rejects.toThrow('cannot write the output: the disk is full (ENOSPC)');
  });
});
