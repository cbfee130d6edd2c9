import type { LinkChannel, LinkMessage } from './link-channel.port.js';
import type { Topic } from './topic.js';

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/**
 * One end of the connection between the supervisor and an HTTP process: each asks, each answers. What is said in one turn
 * of the event loop goes in one message, since a message costs more than what it says.
 */
export class ProcessLink {
  private readonly answering = new Map<string, (question: unknown) => unknown>();
  private readonly waiting = new Map<number, Waiting>();
  private outgoing: LinkMessage[] = [];
  private lastId = 0;
  private closed = false;

  constructor(private readonly channel: LinkChannel) {
    channel.listen((messages) => messages.forEach((message) => this.receive(message)));
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** Says how questions of this topic are answered; what is thrown reaches the one who asks as an Error. */
  answer<Q, A>({ name }: Topic<Q, A>, how: (question: Q) => A | Promise<A>): void {
    this.answering.set(name, (question) => how(question as Q));
  }

  /** Rejects when the answer is an error, or does not come in time. */
  async ask<Q, A>({ name }: Topic<Q, A>, question: Q, timeoutMs: number): Promise<A> {
    if (this.closed) throw gone();
    const id = ++this.lastId;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<A>((resolve, reject) => {
        this.waiting.set(id, { resolve: (answer) => resolve(answer as A), reject });
        // What has arrived while this process was busy is read before the time is called up.
        const expire = (): void => reject(new Error(`no answer about ${name} within ${timeoutMs} ms`));
        timer = setTimeout(() => setImmediate(expire), timeoutMs);
        this.send({ kind: 'question', id, topic: name, body: question });
      });
    } finally {
      clearTimeout(timer);
      this.waiting.delete(id);
    }
  }

  /** For when the other end is gone: what waits for it rejects, and what is asked later. */
  close(): void {
    this.closed = true;
    for (const waiting of this.waiting.values()) waiting.reject(gone());
  }

  private receive(message: LinkMessage): void {
    switch (message.kind) {
      case 'question':
        this.reply(message.id, message.topic, message.body);
        return;
      case 'answer':
        this.waiting.get(message.id)?.resolve(message.body);
        return;
      case 'failure':
        this.waiting.get(message.id)?.reject(new Error(message.message));
    }
  }

  private reply(id: number, topic: string, question: unknown): void {
    const fail = (error: unknown): void =>
      this.send({ kind: 'failure', id, message: error instanceof Error ? error.message : String(error) });
    try {
      const how = this.answering.get(topic);
      if (how === undefined) throw new Error(`nobody answers about ${topic}`);
      const answer = how(question);
      if (answer instanceof Promise) answer.then((body) => this.send({ kind: 'answer', id, body }), fail);
      else this.send({ kind: 'answer', id, body: answer });
    } catch (error) {
      fail(error);
    }
  }

  private send(message: LinkMessage): void {
    if (this.outgoing.push(message) > 1) return;
    setImmediate(() => {
      const messages = this.outgoing;
      this.outgoing = [];
      this.channel.send(messages);
    });
  }
}

function gone(): Error {
  return new Error('the other process is gone');
}
