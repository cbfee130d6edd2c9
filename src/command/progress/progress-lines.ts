import { duration, Pace, percentage } from './pace.js';
import type { Progress } from './progress.port.js';

const EVERY_MS = 5_000;

/** A plain line every few seconds, for a log. */
export class ProgressLines implements Progress {
  private readonly pace: Pace;
  private saidAt: number;

  constructor(
    private readonly write: (line: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.pace = new Pace(now);
    this.saidAt = now();
  }

  update(fraction: number | undefined, rows: number): void {
    const { rowsPerSecond, secondsLeft } = this.pace.at(fraction, rows);
    if (this.now() - this.saidAt < EVERY_MS) return;
    this.saidAt = this.now();
    this.write(`${percentage(fraction)} %, ${rows} rows, ${Math.round(rowsPerSecond)}/s, ${duration(secondsLeft)} left`);
  }

  say(line: string): void {
    this.write(line);
  }

  stop(): void {
    // nothing is drawn
  }
}
