import { openFilesFault } from './index.js';

const limits = (soft: string): string => `Limit                     Soft Limit           Hard Limit           Units
Max processes             63451                63451                processes
Max open files            ${soft.padEnd(21)}1048576              files
`;

describe('openFilesFault', () => {
  it('names the limit and what raises it', () => {
    expect(openFilesFault(limits('64'))).toBe(
      'At most 64 files may be open (ulimit -n), and the service needs 512: raise the limit, for example with ulimit -n 4096',
    );
    expect(openFilesFault(limits('511'))).toBeDefined();
  });

  it.each([limits('512'), limits('unlimited'), ''])('is undefined where enough may be open, and where the limit is not known', (text) => {
    expect(openFilesFault(text)).toBeUndefined();
  });
});
