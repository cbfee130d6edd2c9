import { requestIdOf } from './request-id.js';

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

describe('requestIdOf', () => {
  it.each(['a', 'req_123:4.5-6', 'x'.repeat(128)])('keeps the id of the caller: %s', (id) => {
    expect(requestIdOf({ 'x-request-id': id })).toBe(id);
  });

  it.each(['', 'x'.repeat(129), 'two words', 'line\nbreak', '{"log":"forged"}', 'ä'])('makes a new one in place of %j', (id) => {
    expect(requestIdOf({ 'x-request-id': id })).toMatch(UUID);
  });

  it('makes a new one for each call without one', () => {
    const [first, second] = [requestIdOf({}), requestIdOf({})];
    expect(first).toMatch(UUID);
    expect(second).not.toBe(first);
  });

  it('makes a new one when several are sent', () => {
    expect(requestIdOf({ 'x-request-id': ['a', 'b'] })).toMatch(UUID);
  });
});
