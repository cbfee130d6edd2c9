/** Calls a task repeatedly, with a pause after each call. Of failures in a row, it reports only the first. */
export class Periodic {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private failing = false;
  private stopped = false;

  constructor(
    private readonly pauseMs: number,
    private readonly task: () => Promise<void>,
    private readonly report: (error: unknown) => void,
  ) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    try {
      await this.task();
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.report(error);
      this.failing = true;
    }
    if (this.stopped) return;
    this.timer = setTimeout(() => this.start(), this.pauseMs);
  }
}
