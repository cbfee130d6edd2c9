import { Worker } from 'node:worker_threads';
import type { CutOff } from '../../scheduling/embedding-queue.port.js';
import type { TextsReply, TextsRequest } from './text-messages.js';

interface Waiting<Results> {
  resolve(results: Results): void;
  reject(error: Error): void;
}

/**
 * Works on texts on a thread of its own: a text made to be slow takes a tokenizer 200 ms, which no other caller should
 * notice. The program is one that calls `serveTexts`, and packs results like these.
 */
export class TextThread<Results> {
  private readonly waiting = new Map<number, Waiting<Results>>();
  private lastId = 0;
  private closed = false;

  private constructor(
    private readonly program: URL,
    private readonly data: object,
    private worker: Worker,
  ) {
    this.listen();
  }

  /** Rejects with the reason when the program cannot begin with this data. */
  static async start<Results>(program: URL, data: object): Promise<TextThread<Results>> {
    const worker = new Worker(program, { workerData: data });
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve());
      // When it has ended: a process that exits while one of its threads does may crash.
      worker.once('error', (error) => worker.once('exit', () => reject(error)));
    });
    return new TextThread<Results>(program, data, worker);
  }

  async work(texts: readonly string[], cutOff: CutOff): Promise<Results> {
    if (this.closed) throw new Error('the thread is closed');
    return await new Promise((resolve, reject) => {
      const id = ++this.lastId;
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, texts, cutOff } satisfies TextsRequest);
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.worker.terminate();
    this.rejectAll(new Error('the thread is closed'));
  }

  private listen(): void {
    this.worker.on('message', (reply: TextsReply<Results> | 'ready') => {
      if (reply === 'ready') return;
      this.waiting.get(reply.id)?.resolve(reply.results);
      this.waiting.delete(reply.id);
    });
    this.worker.on('error', (error) => this.replace(error instanceof Error ? error : new Error(String(error))));
  }

  /** A thread that failed has lost what it was asked. */
  private replace(error: Error): void {
    this.rejectAll(error);
    if (this.closed) return;
    this.worker = new Worker(this.program, { workerData: this.data });
    this.listen();
  }

  private rejectAll(error: Error): void {
    for (const request of this.waiting.values()) request.reject(error);
    this.waiting.clear();
  }
}
