export type InvalidatedKeys = readonly string[] | 'all';

/** Lets processes that share a store tell each other which keys their memories must forget. */
export interface Invalidations {
  onMessage(listener: (keys: InvalidatedKeys) => void): void;
  /** Missing where the store itself tells the other processes. */
  publish?(keys: InvalidatedKeys): Promise<void>;
  close?(): void;
}
