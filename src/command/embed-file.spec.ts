import { Readable } from 'node:stream';
import { embedFile } from './embed-file.js';
import type { TextVector } from './embedder/text-embedder.port.js';
import { doneWith, NOTHING_DONE } from './output/row-output.port.js';
import type { Result } from './output/result.js';
import type { Row } from './rows/row.js';

const VECTOR: TextVector = { vector: Float32Array.of(1), truncated: false };

async function embed(rows: readonly Row[], onError: 'skip' | 'fail' = 'skip') {
  const calls: number[] = [];
  const said: string[] = [];
  const embedder = {
    model: 'm',
    dimensions: 1,
    space: 's',
    mostTexts: 3,
    cut: undefined,
    embed: (texts: readonly string[]) => Promise.resolve(texts.map((text) => (calls.push(text.length), VECTOR))),
    close: () => Promise.resolve(),
  };
  const windows: number[] = [];
  const output = {
    done: NOTHING_DONE,
    append: (results: readonly Result[]) => {
      windows.push(results.length);
      output.done = doneWith(output.done, results);
      return Promise.resolve();
    },
    finish: () => Promise.resolve(),
    interrupt: () => Promise.resolve(undefined),
  };
  const progress = { update: () => undefined, say: (line: string) => void said.push(line), stop: () => undefined };
  const source = { rows: Readable.from(rows), progress: () => undefined };
  const done = await embedFile({ source, embedder, output, progress, onError, signal: new AbortController().signal });
  return { calls, windows, said, done };
}

describe('embedFile', () => {
  it('computes a text of a window once, and fewer rows at a time if they are long', async () => {
    const long = 'a'.repeat(5 * 1024 * 1024);
    const texts = ['a', 'a', 'bb', long, long, 'c'];
    const { calls, windows, done } = await embed(texts.map((text, index) => ({ line: index + 1, text })));
    expect(windows).toEqual([3, 1, 1, 1]);
    expect(calls).toEqual([1, 2, long.length, long.length, 1]);
    expect(done).toEqual({ rows: 6, written: 6, failed: 0 });
  });

  it('names a row with a fault by its file, or by its line', async () => {
    const rows = [
      { line: 1, name: 'docs/a.md', fault: 'is not UTF-8' },
      { line: 7, file: 'b.csv', fault: 'has no text' },
      { line: 8, fault: 'is not JSON' },
    ];
    expect((await embed(rows)).said).toEqual(['docs/a.md is not UTF-8', 'line 7 of b.csv has no text', 'line 8 is not JSON']);
    await expect(embed(rows, 'fail')).rejects.toThrow('docs/a.md is not UTF-8. Correct it, or skip such rows with --on-error skip');
  });
});
