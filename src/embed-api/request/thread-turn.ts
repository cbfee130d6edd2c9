import { setImmediate } from 'node:timers/promises';

const TURN_MS = 3;

/** Keeps long work of one request from holding up all the others: work that takes longer than a turn stands back. */
export class ThreadTurn {
  private startedAt = performance.now();

  get isOver(): boolean {
    return performance.now() - this.startedAt > TURN_MS;
  }

  async next(): Promise<void> {
    await setImmediate();
    this.startedAt = performance.now();
  }
}
