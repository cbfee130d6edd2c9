import { canBeIndexed, usualVectorType } from './vector-type.js';

it.each([
  [384, 'vector', true],
  [2_000, 'vector', true],
  [2_001, 'halfvec', true],
  [4_000, 'halfvec', true],
  [4_001, 'vector', false],
])('takes vectors of %d dimensions as %s, so that an index is possible: %s', (dimensions, type, isIndexed) => {
  expect(usualVectorType(dimensions)).toBe(type);
  expect(canBeIndexed(usualVectorType(dimensions), dimensions)).toBe(isIndexed);
});
