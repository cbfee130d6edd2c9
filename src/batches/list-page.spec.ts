import { pageOf } from './list-page.js';

const LIMITS = { usual: 20, most: 100 };

describe('pageOf', () => {
  it.each([
    [{}, { after: undefined, limit: 20 }],
    [
      { limit: '1', after: 'batch_1' },
      { after: 'batch_1', limit: 1 },
    ],
    [{ limit: '100' }, { after: undefined, limit: 100 }],
  ])('reads %j', (query, page) => {
    expect(pageOf(query, LIMITS)).toEqual(page);
  });

  it.each(['1e1', '0x10', ' 1', '1.0', '0', '101', '', ['1', '2']])('refuses limit=%j', (limit) => {
    expect(() => pageOf({ limit }, LIMITS)).toThrow('limit must be a whole number from 1 to 100');
  });
});
