export interface PaceNow {
  readonly rowsPerSecond: number;
  /** undefined = nothing is done yet to judge by. */
  readonly secondsLeft: number | undefined;
}

/** How fast it goes, and what is left, from what this run has done since it was first asked. */
export class Pace {
  private first: { readonly time: number; readonly fraction: number; readonly rows: number } | undefined;

  /** `now`: milliseconds that only grow. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  at(fraction: number, rows: number): PaceNow {
    const time = this.now();
    this.first ??= { time, fraction, rows };
    const seconds = (time - this.first.time) / 1000;
    const done = fraction - this.first.fraction;
    return {
      rowsPerSecond: seconds > 0 ? (rows - this.first.rows) / seconds : 0,
      secondsLeft: done > 0 ? ((1 - fraction) / done) * seconds : undefined,
    };
  }
}

export function duration(seconds: number | undefined): string {
  if (seconds === undefined) return 'unknown';
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
