/** Observes the results of chunks, so that the runner depends on neither metrics nor logs. */
export interface RunObserver {
  textsDone(completed: number, failed: number): void;
  chunkRetried(): void;
  chunkSplit(): void;
}
