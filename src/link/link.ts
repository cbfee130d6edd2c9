import { arrived, carried } from './carried-error.js';
import { startDeadline } from './deadline.js';
import type { LinkMessage } from './link-messages.js';
import type { LinkPort } from './link-port.js';
import type { Topic } from './topic.js';

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  stopDeadline(): void;
}

interface AskOptions {
  /** Undefined = as long as the other end lives. */
  readonly timeoutMs?: number;
}

/** Every link answers this one itself. */
const PRESENT: Topic<void, void> = { name: 'link-present' };

/** The other end did not answer in time. It may still do what it was asked. */
export class LinkTimeoutError extends Error {
  override readonly name = 'LinkTimeoutError';
}

/**
 * One end of a connection between two threads or processes. Both ends may ask, answer and notify. An answer finds its
 * question by a number, so answers may come in any order.
 */
export class Link {
  /** Resolves, to the reason, when the other end is gone or this end is closed. */
  readonly ended: Promise<Error>;
  private readonly handlers = new Map<string, (body: unknown) => unknown>();
  private readonly waiting = new Map<number, Waiting>();
  private announceEnd: (reason: Error) => void = () => undefined;
  private reason: Error | undefined;
  private lastId = 0;

  constructor(private readonly port: LinkPort) {
    this.ended = new Promise((resolve) => (this.announceEnd = resolve));
    this.answer(PRESENT, () => undefined);
    port.onMessage((message) => this.receive(message));
    port.onGone((reason) => this.close(reason));
  }

  get isOpen(): boolean {
    return this.reason === undefined;
  }

  /** Sets how questions and notices of this topic are handled. An error that is thrown goes to the end that asked. */
  answer<Q, A>({ name }: Topic<Q, A>, handler: (question: Q) => A | Promise<A>): void {
    this.handlers.set(name, (body) => handler(body as Q));
  }

  /** Rejects with the error of the other end, with a LinkTimeoutError, or with the reason why the other end is gone. */
  ask<Q, A>({ name }: Topic<Q, A>, question: Q, { timeoutMs }: AskOptions = {}): Promise<A> {
    return new Promise((resolve, reject) => {
      if (this.reason !== undefined) throw this.reason;
      const id = ++this.lastId;
      this.port.send(['question', id, name, question]); // throws if the question cannot be cloned
      const stopDeadline = timeoutMs === undefined ? () => undefined : this.startDeadline(id, name, timeoutMs);
      this.waiting.set(id, { resolve: (answer) => resolve(answer as A), reject, stopDeadline });
    });
  }

  /** Sends something that needs no answer. */
  notify<Q>({ name }: Topic<Q, void>, body: Q): void {
    if (this.isOpen) this.port.send(['notice', name, body]);
  }

  /** Resolves when the program at the other end runs and reads its messages; rejects as `ask` does. */
  async present(options: AskOptions = {}): Promise<void> {
    await this.ask(PRESENT, undefined, options);
  }

  /** Rejects every question that waits, and every later one. */
  close(reason: Error = new Error('the link is closed')): void {
    if (this.reason !== undefined) return;
    this.reason = reason;
    for (const id of this.waiting.keys()) this.settle(id, ({ reject }) => reject(reason));
    this.announceEnd(reason);
  }

  private startDeadline(id: number, topic: string, timeoutMs: number): () => void {
    return startDeadline(timeoutMs, () =>
      this.settle(id, (waiting) => waiting.reject(new LinkTimeoutError(`no answer about ${topic} within ${timeoutMs} ms`))),
    );
  }

  private receive(message: LinkMessage): void {
    switch (message[0]) {
      case 'question':
        this.reply(message[1], message[2], message[3]);
        return;
      case 'notice':
        this.handlers.get(message[1])?.(message[2]);
        return;
      case 'answer':
        this.settle(message[1], (waiting) => waiting.resolve(message[2]));
        return;
      case 'failure':
        this.settle(message[1], (waiting) => waiting.reject(arrived(message[2])));
    }
  }

  private settle(id: number, how: (waiting: Waiting) => void): void {
    const waiting = this.waiting.get(id);
    if (waiting === undefined) return;
    this.waiting.delete(id);
    waiting.stopDeadline();
    how(waiting);
  }

  private reply(id: number, topic: string, question: unknown): void {
    try {
      const handler = this.handlers.get(topic);
      if (handler === undefined) throw new Error(`the other end does not answer about ${topic}`);
      const answer = handler(question);
      if (answer instanceof Promise)
        answer.then(
          (body) => this.sendAnswer(id, body),
          (error: unknown) => this.sendFailure(id, error),
        );
      else this.sendAnswer(id, answer);
    } catch (error) {
      this.sendFailure(id, error);
    }
  }

  private sendAnswer(id: number, body: unknown): void {
    try {
      this.port.send(['answer', id, body]);
    } catch (error) {
      this.sendFailure(id, error); // the answer cannot be cloned
    }
  }

  private sendFailure(id: number, error: unknown): void {
    this.port.send(['failure', id, carried(error)]);
  }
}
