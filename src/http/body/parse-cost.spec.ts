import { parsesWithin } from './parse-cost.js';

describe('parsesWithin', () => {
  it.each([
    ['a hundred long texts', JSON.stringify({ texts: Array.from({ length: 100 }, () => 'a word, '.repeat(1000)) }), true],
    ['the escapes of a hundred long texts', `["${'\\u0041'.repeat(1_000_000)}"]`, true],
    ['a hundred thousand fields', `{${Array.from({ length: 100_000 }, (_, index) => `"k${index}":1`).join(',')}}`, false],
    ['half a million short texts', `[${'"a",'.repeat(500_000)}"a"]`, false],
    ['two hundred thousand token ids', `[${'12345,'.repeat(200_000)}1]`, true],
    ['a million arrays', `[${'[],'.repeat(1_000_000)}[]]`, false],
    ['four million numbers', `[${'1,'.repeat(4_000_000)}1]`, false],
    ['twenty megabytes of text', `["${'x'.repeat(20_000_000)}"]`, false],
  ])('estimates %s', (_what, json, isCheap) => {
    expect(parsesWithin(Buffer.from(json), 40)).toBe(isCheap);
  });
});
