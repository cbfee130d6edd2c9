import type { Priority } from '../embedding-provider.port.js';
import type { Contender, InferenceArbiter, NextGroup, Turn } from './inference-arbiter.js';

/** A model whose groups wait, run and end when a test says so. */
export class FakeContender implements Contender {
  readonly weight: number;
  readonly running: { readonly turn: Turn; readonly threads: number }[] = [];
  private readonly threads: number;
  private readonly waiting: Priority[] = [];
  private idle: number;

  constructor(
    private readonly arbiter: InferenceArbiter,
    { weight = 1, processes = 1, threads = 1 }: { readonly weight?: number; readonly processes?: number; readonly threads?: number } = {},
  ) {
    this.weight = weight;
    this.threads = threads;
    this.idle = processes;
    arbiter.add(this);
  }

  get runningThreads(): number {
    return this.running.reduce((sum, { threads }) => sum + threads, 0);
  }

  get waits(): boolean {
    return this.waiting.length > 0;
  }

  arrive(count: number, priority: Priority = 'interactive'): void {
    for (let group = 0; group < count; group++) this.waiting.push(priority);
    this.arbiter.dispatch();
  }

  next(): NextGroup | undefined {
    if (this.idle === 0 || !this.waits) return undefined;
    return { priority: this.waiting.includes('interactive') ? 'interactive' : 'background', threads: this.threads };
  }

  run(turn: Turn): void {
    const next = this.next();
    if (next === undefined) throw new Error('a turn was given to a model that has nothing to run');
    this.waiting.splice(this.waiting.indexOf(next.priority), 1);
    this.idle--;
    this.running.push({ turn, threads: next.threads });
  }

  /** Ends the run that began first; a process that was lost does not come back. */
  finish(process: 'idle again' | 'lost' = 'idle again'): void {
    const run = this.running.shift();
    if (run === undefined) throw new Error('nothing runs');
    if (process === 'idle again') this.idle++;
    run.turn.end();
  }
}
