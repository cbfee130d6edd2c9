/** Shows the progress of the command on standard error; results never go there. */
export interface Progress {
  /** `fraction`: the share of the input that is done, 0 to 1; `rows`: those done so far. */
  update(fraction: number, rows: number): void;
  /** Prints a line that stays on the screen. */
  say(line: string): void;
  stop(): void;
}
