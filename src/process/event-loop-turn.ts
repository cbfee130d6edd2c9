/** Milliseconds of work before other work of the process gets its turn. */
const TURN_MS = 3;

const waiting: (() => void)[] = [];

/**
 * Divides long work into turns of a few milliseconds. One turn runs in each round of the event loop, however much work
 * there is, so that the loop is never held longer than by one turn.
 */
export class EventLoopTurn {
  private startedAt = performance.now();

  get isOver(): boolean {
    return performance.now() - this.startedAt > TURN_MS;
  }

  /** Waits for the next turn, behind all work that waits for one already. */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 1) setImmediate(giveTurn);
    });
    this.startedAt = performance.now();
  }
}

function giveTurn(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(giveTurn);
}
