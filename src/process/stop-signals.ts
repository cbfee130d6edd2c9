/** Under npm, Ctrl-C arrives twice: from the terminal, and from npm, which passes it on. */
const SAME_SIGNAL_MS = 1000;

export interface StopOptions {
  /** Finishes the requests that run; then the process ends with 0. */
  stop(signal: string): Promise<void>;
  /** Called for a signal over a second after the first, after which the process ends at once with 130. */
  abandon?(): void;
}

/** Handles SIGTERM and Ctrl-C. */
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
