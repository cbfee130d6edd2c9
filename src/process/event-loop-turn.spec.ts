import { EventLoopTurn } from './event-loop-turn.js';

const nextRound = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('EventLoopTurn', () => {
  it('gives one piece of work its turn in each round of the event loop, in the order in which they asked', async () => {
    const order: string[] = [];
    const work = ['a', 'b', 'c'].map(async (name) => {
      await new EventLoopTurn().next();
      order.push(name);
    });
    const seen: string[] = [];
    for (let round = 0; round < 3; round++) {
      await nextRound();
      seen.push(order.join(''));
    }
    await Promise.all(work);
    expect(order).toEqual(['a', 'b', 'c']);
    expect(seen.every((names, round) => names.length <= round + 1)).toBe(true);
  });

  it('ends after a few milliseconds of work, and begins again with the next turn', async () => {
    const turn = new EventLoopTurn();
    expect(turn.isOver).toBe(false);
    const until = performance.now() + 5;
    while (performance.now() < until);
    expect(turn.isOver).toBe(true);
    await turn.next();
    expect(turn.isOver).toBe(false);
  });
});
