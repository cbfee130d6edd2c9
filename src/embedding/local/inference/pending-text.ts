import type { ComputedText } from '../../scheduling/embedding-queue.port.js';
import type { Flow, ScheduledText } from '../../scheduling/text-scheduler.js';

/** A text on its way through the pool, and the promise of its vector. */
export class PendingText implements ScheduledText {
  readonly result: Promise<ComputedText>;
  alone = false;
  private readonly submittedAt = performance.now();
  private queueMs = 0;
  private settle: { resolve(value: ComputedText): void; reject(error: Error): void } | undefined;

  constructor(
    readonly flow: Flow,
    readonly ids: Int32Array,
  ) {
    this.result = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
  }

  get tokens(): number {
    return this.ids.length;
  }

  get waitedMs(): number {
    return performance.now() - this.submittedAt;
  }

  start(): void {
    this.queueMs = this.waitedMs;
  }

  resolve(vector: Float32Array<ArrayBuffer>, computeMs: number): void {
    this.settle?.resolve({ vector, queueMs: this.queueMs, computeMs });
  }

  reject(error: Error): void {
    this.settle?.reject(error);
  }
}
