import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelFolder } from './model-folder.js';
import { readRanges } from './read-ranges.js';

let path: string;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'embedding-ranges-'));
});

afterEach(() => rmSync(path, { recursive: true }));

function folderWith(text: string): ModelFolder {
  writeFileSync(join(path, 'vector-ranges.json'), text);
  return new ModelFolder(path);
}

describe('the ranges of a model', () => {
  it('are read from its folder, and are no part of what decides its vectors', () => {
    const folder = folderWith('{"least": [-1, -0.5], "greatest": [1, 0.5]}');
    expect(readRanges(folder, 2)).toEqual({ least: Float32Array.of(-1, -0.5), greatest: Float32Array.of(1, 0.5) });
    expect([folder.faults, [...folder.read]]).toEqual([[], []]);
  });

  it('are none without the file', () => {
    const folder = new ModelFolder(path);
    expect([readRanges(folder, 2), folder.faults]).toEqual([undefined, []]);
  });

  it.each([
    '{',
    '[]',
    '{"least": [0, 0]}',
    '{"least": [0], "greatest": [1]}',
    '{"least": [0, 2], "greatest": [1, 1]}',
    '{"least": ["0", 0], "greatest": [1, 1]}',
  ])('are a fault if the file holds %s', (text) => {
    const folder = folderWith(text);
    expect(readRanges(folder, 2)).toBeUndefined();
    expect(folder.faults).toEqual([
      expect.stringMatching(/^vector-ranges\.json must hold `least` and `greatest`, each an array of 2 numbers/),
    ]);
  });
});
