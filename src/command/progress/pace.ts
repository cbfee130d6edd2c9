export interface PaceNow {
  readonly rowsPerSecond: number;
  /** Undefined = nothing has been done yet, or the size of the input is not known. */
  readonly secondsLeft: number | undefined;
}

/** Estimates the speed and the time left from the work that this run has done since the first call. */
export class Pace {
  private first: { readonly time: number; readonly fraction: number | undefined; readonly rows: number } | undefined;

  /** `now`: a clock in milliseconds that never goes back. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  at(fraction: number | undefined, rows: number): PaceNow {
    const time = this.now();
    this.first ??= { time, fraction, rows };
    const seconds = (time - this.first.time) / 1000;
    const done = fraction === undefined || this.first.fraction === undefined ? 0 : fraction - this.first.fraction;
    return {
      rowsPerSecond: seconds > 0 ? (rows - this.first.rows) / seconds : 0,
      secondsLeft: fraction !== undefined && done > 0 ? ((1 - fraction) / done) * seconds : undefined,
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

/** The share of the input that is done. */
export function percentage(fraction: number | undefined): string {
  return fraction === undefined ? '?' : (fraction * 100).toFixed(1);
}
