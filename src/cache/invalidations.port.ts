export type InvalidatedKeys = readonly string[] | 'all';

/** How processes that share a store tell each other what their memories must forget. */
export interface Invalidations {
  onMessage(listener: (keys: InvalidatedKeys) => void): void;
  /** Left out where the store tells the others by itself. */
  publish?(keys: InvalidatedKeys): Promise<void>;
  close?(): void;
}
