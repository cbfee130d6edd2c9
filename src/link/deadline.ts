/** A timer that fires this late tells that this process did not run: it was stopped, or the machine slept. */
const LATE_MS = 1_000;

/**
 * Calls `expire` once the time is over, unless the function that it returns is called before.
 *
 * When a process that was stopped goes on, its timers fire before it reads the answers that arrived meanwhile. So a late
 * timer starts again with the whole time, and one in time still lets waiting answers be read first.
 */
export function startDeadline(timeoutMs: number, expire: () => void, now: () => number = () => performance.now()): () => void {
  let immediate: NodeJS.Immediate | undefined;
  let timer: NodeJS.Timeout;
  const start = (): void => {
    const dueAt = now() + timeoutMs;
    timer = setTimeout(() => {
      if (now() - dueAt > LATE_MS) start();
      else immediate = setImmediate(expire); // the event loop reads messages between timers and immediates
    }, timeoutMs);
  };
  start();
  return () => {
    clearTimeout(timer);
    if (immediate !== undefined) clearImmediate(immediate);
  };
}
