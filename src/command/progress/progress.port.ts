/** Shows the progress of the command on standard error; results never go there. */
export interface Progress {
  /** `fraction`: the share of the input that is done, 0 to 1, or undefined if its size is not known; `rows`: those done so far. */
  update(fraction: number | undefined, rows: number): void;
  /** Prints a line that stays on the screen. */
  say(line: string): void;
  stop(): void;
}
