import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { PackedChunks } from '../../../chunks/index.js';
import { unpacked, type PackedTexts } from './packed-texts.js';
import type { Cutting, Reading } from '../../scheduling/embedding-queue.port.js';
import { TextThread } from './text-thread.js';
import { TextTokenizer } from './text-tokenizer.js';
import type { TokenizedText, TokenizerFiles } from './tokenizer-messages.js';

const THREAD_PROGRAM = new URL('./tokenizer-thread.js', import.meta.url);

/**
 * The time to tokenize grows with the square of the longest word: 10,000 characters without a space take 100 ms. A text
 * within these bounds takes less than 1 ms, and usually 50 us, as long as two messages between threads.
 */
const LONGEST_SHORT_TEXT = 512;
const LONG_WORD = /\S{25}/;
/** A longer text is tokenized at once if it has few words that are not known. To look up 800 words takes 0.1 ms, the first time 1 ms. */
const LONGEST_KNOWN_TEXT = 4096;
const MOST_NEW_WORDS = 16;

/** A tokenizer whose file is larger takes seconds to open: it is opened on its thread alone. Gemma's has 33 MB. */
const LARGE_FILE_BYTES = 8 * 1024 * 1024;

/** Tokenizes on a thread of its own, so that no other caller notices a slow text; a lone short one at once, where the tokenizer is small. */
export class Tokenizer {
  private constructor(
    private readonly here: TextTokenizer | undefined,
    private readonly thread: TextThread<PackedTexts>,
  ) {}

  static async open(files: TokenizerFiles): Promise<Tokenizer> {
    const here = sizeOf(files) > LARGE_FILE_BYTES ? undefined : new TextTokenizer(files);
    return new Tokenizer(here, await TextThread.start<PackedTexts>(THREAD_PROGRAM, files));
  }

  /** The file's size where opening it takes so long that a user should know; undefined = it takes less than a second. */
  static slowToOpen(files: TokenizerFiles): number | undefined {
    const size = sizeOf(files);
    return size > LARGE_FILE_BYTES ? size : undefined;
  }

  /** The windows of each text, in the order of `texts`. */
  async tokenize(texts: readonly string[], reading: Reading): Promise<readonly (readonly TokenizedText[])[]> {
    const [only] = texts;
    const quick = texts.length === 1 && only !== undefined ? this.quickly(only, reading) : undefined;
    return quick === undefined ? unpacked(await this.thread.work(texts, reading)) : [quick];
  }

  /** Undefined = it may take long. */
  private quickly(text: string, reading: Reading): readonly TokenizedText[] | undefined {
    if (isShort(text)) return this.here?.tokenize(text, reading);
    return text.length > LONGEST_KNOWN_TEXT ? undefined : this.here?.tokenizeKnown(text, reading, MOST_NEW_WORDS);
  }

  /** Where the chunks of a document are. */
  async cut(request: Cutting): Promise<PackedChunks> {
    return await this.thread.cut(request);
  }

  async close(): Promise<void> {
    await this.thread.close();
  }
}

function sizeOf({ folder }: TokenizerFiles): number {
  return statSync(join(folder, 'tokenizer.json')).size;
}

function isShort(text: string): boolean {
  return text.length <= LONGEST_SHORT_TEXT && !LONG_WORD.test(text);
}
