import { BodyBudget } from './body-budget.js';

const FULL = expect.objectContaining({ code: 'overloaded', retryAfterSeconds: 5 }) as Error;

describe('BodyBudget', () => {
  it('refuses a caller beyond its share, and still accepts the bodies of others', () => {
    const budget = new BodyBudget({ maxBytes: 100, maxBytesPerCaller: 50 });
    budget.take('a', 50);
    expect(() => budget.take('a', 1)).toThrow(FULL);
    expect(() => budget.take('b', 50)).not.toThrow();
  });

  it('refuses every caller beyond the bound of the process, and reserves nothing', () => {
    const budget = new BodyBudget({ maxBytes: 100, maxBytesPerCaller: 60 });
    budget.take('a', 60);
    expect(() => budget.take('b', 41)).toThrow(FULL);
    expect(budget.bytes).toBe(60);
  });

  it('has room again after bytes were given back', () => {
    const budget = new BodyBudget({ maxBytes: 100, maxBytesPerCaller: 60 });
    budget.take('a', 40);
    budget.take('a', 20);
    budget.giveBack('a', 60);
    expect(budget.bytes).toBe(0);
    expect(() => budget.take('a', 60)).not.toThrow();
  });
});
