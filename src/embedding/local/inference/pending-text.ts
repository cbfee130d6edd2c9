import type { TextTokens } from './inference-process.js';
import type { ComputedText } from '../../scheduling/embedding-queue.port.js';
import type { Flow, ScheduledText } from '../../scheduling/text-scheduler.js';

export interface ScaledText extends ComputedText {
  /** The length of the vector before it was scaled. */
  readonly length: number;
}

/** A text on its way through the pool, and the promise of its vector. */
export class PendingText implements ScheduledText {
  readonly result: Promise<ScaledText>;
  alone = false;
  private readonly submittedAt = performance.now();
  private queueMs = 0;
  private settle: { resolve(value: ScaledText): void; reject(error: Error): void } | undefined;

  constructor(
    readonly flow: Flow,
    readonly text: TextTokens,
  ) {
    this.result = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
  }

  get tokens(): number {
    return this.text.ids.length;
  }

  get waitedMs(): number {
    return performance.now() - this.submittedAt;
  }

  start(): void {
    this.queueMs = this.waitedMs;
  }

  resolve(computed: Omit<ScaledText, 'queueMs'>): void {
    this.settle?.resolve({ ...computed, queueMs: this.queueMs });
  }

  reject(error: Error): void {
    this.settle?.reject(error);
  }
}
