import type { TokenizedText, TokenizerFiles } from './tokenizer-messages.js';
import { TextThread } from './text-thread.js';

const THREAD_PROGRAM = new URL('./tokenizer-thread.js', import.meta.url);

export type Tokenizer = TextThread<TokenizedText>;

export async function openTokenizer(files: TokenizerFiles): Promise<Tokenizer> {
  return await TextThread.start<TokenizedText>(THREAD_PROGRAM, files);
}
