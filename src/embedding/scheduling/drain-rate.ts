/** Share of the newest group in the running average of the speed. */
const NEWEST_SHARE = 0.1;

/** How fast one process computes, as an exponential moving average over groups. */
export class DrainRate {
  private tokensPerMs = 0;

  record(tokens: number, milliseconds: number): void {
    const speed = tokens / Math.max(milliseconds, 0.01);
    this.tokensPerMs = this.tokensPerMs === 0 ? speed : this.tokensPerMs + NEWEST_SHARE * (speed - this.tokensPerMs);
  }

  /** Milliseconds that these processes need for these tokens; 0 before anything was recorded. */
  timeFor(tokens: number, processes: number): number {
    return this.tokensPerMs === 0 ? 0 : tokens / (this.tokensPerMs * Math.max(1, processes));
  }
}
