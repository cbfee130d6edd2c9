import { Worker } from 'node:worker_threads';
import type { PackedChunks } from '../../../chunks/index.js';
import { Link, threadPort, threadStarts, type Topic } from '../../../link/index.js';
import type { Cutting, Reading } from '../../scheduling/embedding-queue.port.js';
import { CUT_DOCUMENT, WORK_ON_TEXTS, type TextsRequest } from './text-messages.js';

interface RunningThread {
  readonly worker: Worker;
  readonly link: Link;
}

/**
 * Works on texts on a thread of its own, because a tokenizer takes 200 ms for a text that was made to be slow, and no other
 * caller should wait for it. The program calls `serveTexts`, and packs results of this type.
 */
export class TextThread<Results> {
  private readonly topic: Topic<TextsRequest, Results> = { name: WORK_ON_TEXTS.name };
  private running: RunningThread;
  private closed = false;

  private constructor(
    private readonly program: URL,
    private readonly data: object,
  ) {
    this.running = this.startThread();
  }

  /** Rejects with the reason when the program cannot begin with this data. */
  static async start<Results>(program: URL, data: object): Promise<TextThread<Results>> {
    const thread = new TextThread<Results>(program, data);
    await thread.running.link.present();
    return thread;
  }

  /** Rejects when the thread fails. A later call starts another thread. */
  async work(texts: readonly string[], { fit, prompt }: Reading): Promise<Results> {
    return await this.link().ask(this.topic, { texts, fit, prompt });
  }

  /** Rejects with a ServiceError for a document that cannot be cut as asked. */
  async cut(request: Cutting): Promise<PackedChunks> {
    return await this.link().ask(CUT_DOCUMENT, request);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.running.link.close(new Error('the thread is closed'));
    await this.running.worker.terminate();
  }

  private link(): Link {
    if (this.closed) throw new Error('the thread is closed');
    if (!this.running.link.isOpen) this.running = this.startThread();
    return this.running.link;
  }

  private startThread(): RunningThread {
    const worker = new Worker(this.program, { workerData: this.data });
    const link = new Link(threadPort(worker, 'the thread that works on texts'));
    threadStarts(link);
    return { worker, link };
  }
}
