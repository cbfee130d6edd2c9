const SAY_EVERY_MS = 2_000;

/** Tells a person something, in one line. */
export type Say = (line: string) => void;

/** Says how much is done at most every two seconds, and at once when it starts. */
export function sayNowAndThen(say: Say): (line: () => string) => void {
  let saidAt = -Infinity;
  return (line) => {
    if (performance.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = performance.now();
    say(line());
  };
}

/** Says how many percent are done. */
export function sayProgress(say: Say, what: string): (share: number) => void {
  const sayLine = sayNowAndThen(say);
  return (share) => sayLine(() => `${what}: ${Math.round(share * 100)} %`);
}
