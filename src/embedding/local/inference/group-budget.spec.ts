import { measureGroupBudget } from './group-budget.js';

/** A model that takes the given milliseconds for a group of the given number of padded tokens. */
async function budgetOf(msFor: (tokens: number, run: number) => number): Promise<number> {
  let now = 0;
  let runs = 0;
  return await measureGroupBudget(
    (texts) => {
      now += msFor(texts.length * (texts[0]?.length ?? 0), runs++);
      return Promise.resolve();
    },
    () => now,
  );
}

describe('measureGroupBudget', () => {
  it('chooses the smallest group if all cost the same for each token', async () => {
    expect(await budgetOf((tokens) => tokens / 10)).toBe(64);
  });

  it('chooses the largest group if each run has a fixed cost', async () => {
    expect(await budgetOf((tokens) => 5 + tokens / 10)).toBe(256);
  });

  it('chooses a middle group if larger runs cost more than they save', async () => {
    expect(await budgetOf((tokens) => (tokens === 256 ? 40 : 2 + tokens / 10))).toBe(128);
  });

  it('ignores a run that was disturbed', async () => {
    expect(await budgetOf((tokens, run) => (run === 2 ? 100 : 5 + tokens / 10))).toBe(256);
  });

  it('stops measuring a slow model', async () => {
    let runs = 0;
    await budgetOf((tokens, run) => {
      runs = run + 1;
      return tokens * 10;
    });
    expect(runs).toBe(1);
  });
});
