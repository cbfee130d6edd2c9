/** Shows how far the command is, on the standard error output, to which no result goes. */
export interface Progress {
  /** `fraction` of the input that is dealt with, 0 to 1; `rows` so far. */
  update(fraction: number, rows: number): void;
  /** A line for a person that stays. */
  say(line: string): void;
  stop(): void;
}
