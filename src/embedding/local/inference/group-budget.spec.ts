import { measureGroupBudget } from './group-budget.js';

/** A model that takes so many milliseconds for a group of so many padded tokens. */
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
  it('takes the smallest group where all cost the same by the token', async () => {
    expect(await budgetOf((tokens) => tokens / 10)).toBe(64);
  });

  it('takes the largest where each run has a cost of its own', async () => {
    expect(await budgetOf((tokens) => 5 + tokens / 10)).toBe(256);
  });

  it('takes the one between where larger runs cost more than they save', async () => {
    expect(await budgetOf((tokens) => (tokens === 256 ? 40 : 2 + tokens / 10))).toBe(128);
  });

  it('is not misled by a run that was disturbed', async () => {
    expect(await budgetOf((tokens, run) => (run === 2 ? 100 : 5 + tokens / 10))).toBe(256);
  });

  it('does not go on measuring a slow model', async () => {
    let runs = 0;
    await budgetOf((tokens, run) => {
      runs = run + 1;
      return tokens * 10;
    });
    expect(runs).toBe(1);
  });
});
