import { Worker } from 'node:worker_threads';
import type { CutOff, TokenizedText, TokenizeReply, TokenizeRequest, TokenizerFiles } from './tokenizer-messages.js';

const THREAD_PROGRAM = new URL('./tokenizer-thread.js', import.meta.url);

interface Waiting {
  resolve(texts: readonly TokenizedText[]): void;
  reject(error: Error): void;
}

/** Tokenizes on a thread of its own: a text made to be slow takes it 100 ms, which no other caller should notice. */
export class Tokenizer {
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private closed = false;

  private constructor(
    private readonly files: TokenizerFiles,
    private worker: Worker,
  ) {
    this.listen();
  }

  static async start(files: TokenizerFiles): Promise<Tokenizer> {
    const worker = new Worker(THREAD_PROGRAM, { workerData: files });
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve());
      worker.once('error', reject);
    });
    return new Tokenizer(files, worker);
  }

  /** In the order of `texts`. */
  async tokenize(texts: readonly string[], cutOff: CutOff): Promise<readonly TokenizedText[]> {
    if (this.closed) throw new Error('the tokenizer is closed');
    return await new Promise((resolve, reject) => {
      const id = ++this.lastId;
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, texts, cutOff } satisfies TokenizeRequest);
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.worker.terminate();
    this.rejectAll(new Error('the tokenizer is closed'));
  }

  private listen(): void {
    this.worker.on('message', (reply: TokenizeReply | 'ready') => {
      if (reply === 'ready') return;
      this.waiting.get(reply.id)?.resolve(reply.texts);
      this.waiting.delete(reply.id);
    });
    this.worker.on('error', (error) => this.replace(error instanceof Error ? error : new Error(String(error))));
  }

  /** A thread that failed has lost what it was asked. */
  private replace(error: Error): void {
    this.rejectAll(error);
    if (this.closed) return;
    this.worker = new Worker(THREAD_PROGRAM, { workerData: this.files });
    this.listen();
  }

  private rejectAll(error: Error): void {
    for (const request of this.waiting.values()) request.reject(error);
    this.waiting.clear();
  }
}
