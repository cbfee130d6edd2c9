import { resultsFromBytes, resultsToBytes, type ItemResult } from './chunk-results.js';

const FAILED: ItemResult = { id: 'c', error: { code: 'inference_failed', message: 'it failed' } };

describe('the results of a chunk', () => {
  it.each([
    ['float', Float32Array.of(0.5, -0.25, 1)],
    ['int8', Int8Array.of(-128, 0, 127)],
    ['uint8', Uint8Array.of(0, 128, 255)],
    ['binary', Int8Array.of(-128, 0, 127)],
    ['ubinary', Uint8Array.of(0, 128, 255)],
  ] as const)('come back as they were stored: %s', (type, vector) => {
    const results: readonly ItemResult[] = [
      { id: 'a', vector, tokens: 3, inputTokens: 4 },
      FAILED,
      { vector: vector.toReversed(), tokens: 1, inputTokens: 1 },
    ];
    const bytes = resultsToBytes(results, type);
    expect(resultsFromBytes(bytes)).toEqual(results);
    expect(resultsFromBytes(Buffer.concat([Buffer.from('x'), bytes]).subarray(1))).toEqual(results);
  });

  it('may all be errors', () => {
    for (const type of ['float', 'int8'] as const) expect(resultsFromBytes(resultsToBytes([FAILED], type))).toEqual([FAILED]);
  });

  it('of float vectors have the form of older versions', () => {
    const json = '[{"tokens":1,"inputTokens":1}]';
    const stored = Buffer.concat([Buffer.from([32, 0, 0, 0]), Buffer.from(json.padEnd(32)), Buffer.from(Float32Array.of(2).buffer)]);
    const results = [{ tokens: 1, inputTokens: 1, vector: Float32Array.of(2) }];
    expect([resultsFromBytes(stored), resultsToBytes(results)]).toEqual([results, stored]);
  });
});
