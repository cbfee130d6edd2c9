import type { EmbedOptions } from '../../embedding/index.js';
import type { EmbedAnswer } from './embed-answer.js';

/** The answer, if its caller may use its tokens. If the answer fails, the tokens that were reserved are given back. */
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
