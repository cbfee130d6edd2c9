import { SingleBar } from 'cli-progress';
import { duration, Pace, percentage } from './pace.js';
import type { Progress } from './progress.port.js';

const STEPS = 10_000;

/** A progress bar, for a person at a terminal. */
export class ProgressBar implements Progress {
  private readonly pace = new Pace();
  private readonly bar = new SingleBar({
    format: '{bar} {share} % | {rows} rows | {rate}/s | {left} left',
    barCompleteChar: '\u2588',
    barIncompleteChar: '\u2591',
    barsize: 30,
    hideCursor: true,
    stream: process.stderr,
    gracefulExit: false, // the command itself handles Ctrl-C
  });
  private isDrawn = false;

  update(fraction: number | undefined, rows: number): void {
    const { rowsPerSecond, secondsLeft } = this.pace.at(fraction, rows);
    const shown = {
      share: percentage(fraction),
      rows: rows.toLocaleString('en'),
      rate: Math.round(rowsPerSecond).toLocaleString('en'),
      left: duration(secondsLeft),
    };
    if (!this.isDrawn) this.bar.start(STEPS, 0, shown);
    this.isDrawn = true;
    this.bar.update(Math.floor((fraction ?? 0) * STEPS), shown);
  }

  say(line: string): void {
    process.stderr.write(`\r\u001B[K${line}\n`); // replaces the bar, which is drawn again below
  }

  stop(): void {
    if (this.isDrawn) this.bar.stop();
  }
}
