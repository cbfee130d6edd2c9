/** Time, which tests drive by hand. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number;
  /** Calls back after this time, unless the function that it returns is called before. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** Its timers do not keep the process running. */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};
