import type { ServerResponse } from 'node:http';
import type { TokenBudget } from '../embedding/index.js';

/** Gives the tokens of a request back when its caller goes away before the answer is out. */
export function releaseWhenGone(response: ServerResponse, budget: TokenBudget | undefined): void {
  if (budget === undefined) return;
  response.once('close', () => {
    if (!response.writableFinished) void budget.release();
  });
}
