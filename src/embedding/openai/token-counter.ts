import { TextThread } from '../local/tokenization/text-thread.js';
import type { CountedText, CountLimits, TokenCounter } from './counted-text.js';

const THREAD_PROGRAM = new URL('./token-counter-thread.js', import.meta.url);

export async function openTokenCounter(limits: CountLimits): Promise<TokenCounter> {
  return await TextThread.start<readonly (readonly CountedText[])[]>(THREAD_PROGRAM, limits);
}
