/** Ctrl-C under npm comes twice: from the terminal and, passed on, from npm. */
const SAME_SIGNAL_MS = 1000;

export interface StopOptions {
  /** Finishes what runs; then the process ends with 0. */
  stop(signal: string): Promise<void>;
  /** For a signal over a second after the first: the process ends at once, with 130. */
  abandon?(): void;
}

/** SIGTERM and Ctrl-C. */
export function onStopSignals(options: StopOptions): void {
  let stoppingSince: number | undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stoppingSince === undefined) {
        stoppingSince = performance.now();
        void options.stop(signal).finally(() => process.exit(0));
      } else if (performance.now() - stoppingSince > SAME_SIGNAL_MS) {
        options.abandon?.();
        process.exit(130);
      }
    });
  }
}
