import type { EmbedAnswer } from './embed-answer.js';
import type { EmbedOptions } from '../embedding/index.js';

/** The answer, if its caller may use so many tokens; what was reserved for one that fails is given back. */
export async function withinBudget({ budget }: EmbedOptions, answer: () => Promise<EmbedAnswer>): Promise<EmbedAnswer> {
  if (budget === undefined) return await answer();
  try {
    const given = await answer();
    await budget.settle(given.tokens);
    return given;
  } catch (error) {
    await budget.release();
    throw error;
  }
}
