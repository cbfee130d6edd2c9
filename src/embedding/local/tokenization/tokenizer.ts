import { unpacked, type PackedTexts } from './packed-texts.js';
import type { CutOff } from '../../scheduling/embedding-queue.port.js';
import { TextThread } from './text-thread.js';
import { TextTokenizer } from './text-tokenizer.js';
import type { TokenizedText, TokenizerFiles } from './tokenizer-messages.js';

const THREAD_PROGRAM = new URL('./tokenizer-thread.js', import.meta.url);

/**
 * Time to tokenize grows with the square of the longest word: 10,000 characters without a space take 100 ms. A text within
 * these bounds takes less than 1 ms, and usually 50 us, which is what two messages between threads cost.
 */
const LONGEST_SHORT_TEXT = 512;
const LONG_WORD = /\S{25}/;

/** Tokenizes on a thread of its own, so that no other caller notices a slow text; a lone short one at once. */
export class Tokenizer {
  private constructor(
    private readonly here: TextTokenizer,
    private readonly thread: TextThread<PackedTexts>,
  ) {}

  static async open(files: TokenizerFiles): Promise<Tokenizer> {
    return new Tokenizer(new TextTokenizer(files), await TextThread.start<PackedTexts>(THREAD_PROGRAM, files));
  }

  /** In the order of `texts`. */
  async tokenize(texts: readonly string[], cutOff: CutOff): Promise<readonly TokenizedText[]> {
    const [only] = texts;
    if (texts.length === 1 && only !== undefined && isShort(only)) return [this.here.tokenize(only, cutOff)];
    return unpacked(await this.thread.work(texts, cutOff));
  }

  async close(): Promise<void> {
    await this.thread.close();
  }
}

function isShort(text: string): boolean {
  return text.length <= LONGEST_SHORT_TEXT && !LONG_WORD.test(text);
}
