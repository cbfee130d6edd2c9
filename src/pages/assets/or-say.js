import { CallError } from './api.js';

/**
 * Does work of a card, and shows a refusal of the service in its line for answers.
 *
 * @param {HTMLElement} line
 * @param {() => Promise<void>} action
 */
export async function orSay(line, action) {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    line.textContent = error.message;
  }
}
