/** Milliseconds since the epoch. */
export type Clock = () => number;

export const CLOCK = Symbol('CLOCK');

/** Seconds since the epoch, as OpenAI's objects have them. */
export function secondsOf(now: Clock): number {
  return Math.floor(now() / 1000);
}
