/** Is told what became of chunks, so that who does them needs to know of neither metrics nor logs. */
export interface RunObserver {
  textsDone(completed: number, failed: number): void;
  chunkRetried(): void;
  chunkSplit(): void;
}
