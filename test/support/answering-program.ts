import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { leftovers } from './leftovers.js';

interface Started {
  write(line: string): void;
  readonly answers: AsyncIterator<string, unknown>;
}

/**
 * A program that answers each line of JSON with another. It starts with the first question and serves the whole test file,
 * because a start takes longer than an answer.
 */
export class AnsweringProgram<Question, Answer> {
  private started: Started | undefined;
  private earlier: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly node: string,
    private readonly path: string,
  ) {}

  /** Rejects if the program ends instead; the next question then starts another. */
  async ask(question: Question): Promise<Answer> {
    const answer = this.earlier.then(async () => await this.exchange(question));
    this.earlier = answer.catch(() => undefined);
    return await answer;
  }

  private async exchange(question: Question): Promise<Answer> {
    this.started ??= this.start();
    this.started.write(`${JSON.stringify(question)}\n`);
    const { value, done = false } = await this.started.answers.next();
    if (!done) return JSON.parse(String(value)) as Answer;
    this.started = undefined;
    throw new Error(`${this.path} ended without an answer`);
  }

  private start(): Started {
    const child = spawn(this.node, [this.path], { stdio: ['pipe', 'pipe', 'inherit'] });
    leftovers.add(child);
    child.once('close', () => leftovers.delete(child));
    child.stdin.on('error', () => undefined); // it has ended, which the missing answer shows
    return { write: (line) => child.stdin.write(line), answers: createInterface(child.stdout)[Symbol.asyncIterator]() };
  }
}
