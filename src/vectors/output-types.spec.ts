import { npyHeader } from './npy.js';
import { bytesOf, noVector, OUTPUT_TYPES, sizeInType, typedVector, vectorJson, vectorsIn } from './output-types.js';

const VECTOR = Float32Array.of(0.5, -0.5, 0, 1, -1, 0.25, 0.1, -0.1, 0.3, -0.3);
const RANGES = { least: new Float32Array(10).fill(-1), greatest: new Float32Array(10).fill(1) };

describe('a vector in a type', () => {
  it.each(OUTPUT_TYPES)('has the size of its type, and comes back from its bytes: %s', (type) => {
    const vector = typedVector(VECTOR, type, RANGES);
    expect(vector).toHaveLength(sizeInType(VECTOR.length, type));
    const two = Uint8Array.from(Buffer.concat([bytesOf(vector), bytesOf(vector)]));
    expect(vectorsIn(two, { type, size: vector.length, count: 2 })).toEqual([vector, vector]);
    expect(JSON.parse(vectorJson(vector)) as number[]).toEqual([...vector].map((value) => expect.closeTo(value, 6) as number));
  });

  it('is NaN, or zeros where numbers are whole, where there is no vector', () => {
    expect(noVector('float', 2)).toEqual(Float32Array.of(NaN, NaN));
    expect(noVector('int8', 2)).toEqual(Int8Array.of(0, 0));
    expect(noVector('ubinary', 2)).toEqual(Uint8Array.of(0, 0));
  });

  it.each([
    ['float', '<f4'],
    ['int8', '|i1'],
    ['uint8', '|u1'],
    ['binary', '|i1'],
    ['ubinary', '|u1'],
  ] as const)('has a name in NumPy: %s is %s', (type, name) => {
    expect(npyHeader(3, 4, type).toString('latin1')).toContain(`{'descr': '${name}', 'fortran_order': False, 'shape': (3, 4), }`);
  });
});
