import { allOrNone } from './all-or-none.js';

function openable(): { readonly close: () => Promise<void>; readonly closed: () => number } {
  let closed = 0;
  return {
    close: () => {
      closed++;
      return Promise.resolve();
    },
    closed: () => closed,
  };
}

describe('allOrNone', () => {
  it('gives what was opened', async () => {
    const [first, second] = [openable(), openable()];
    expect(await allOrNone([Promise.resolve(first), Promise.resolve(second)])).toEqual([first, second]);
    expect(first.closed() + second.closed()).toBe(0);
  });

  it('closes what was opened if the other cannot be, also if it is opened later', async () => {
    const late = openable();
    const opening = new Promise<typeof late>((resolve) => setImmediate(() => resolve(late)));
    await expect(allOrNone([Promise.reject(new Error('broken')), opening])).rejects.toThrow('broken');
    expect(late.closed()).toBe(1);
  });
});
