import type { ServiceError } from '../../errors/index.js';
import type { ComputedText } from '../scheduling/embedding-queue.port.js';
import type { Flow, ScheduledText } from '../scheduling/text-scheduler.js';
import type { Priority } from '../embedding-provider.port.js';
import type { CountedText } from './counted-text.js';
import type { UpstreamError } from './upstream-error.js';

export interface UpstreamEmbedding extends ComputedText {
  /** In the upstream's count. */
  readonly tokens: number;
  /** Whether the upstream read only a part of the text. */
  readonly truncated: boolean;
}

/** A text on its way to the upstream, and the promise of its vector. */
export class UpstreamText implements ScheduledText {
  readonly alone = false;
  readonly result: Promise<UpstreamEmbedding>;
  /** On the clock of performance.now(). */
  deadline = Infinity;
  isSettled = false;
  /** The call that the text is part of; undefined = it waits. */
  call: UpstreamCall | undefined;
  private readonly submittedAt = performance.now();
  private startedAt = 0;
  private settle: { resolve(value: UpstreamEmbedding): void; reject(error: Error): void } | undefined;

  constructor(
    readonly flow: Flow,
    private readonly counted: CountedText,
  ) {
    this.result = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
  }

  get text(): string {
    return this.counted.text;
  }

  get tokens(): number {
    return this.counted.tokens;
  }

  get waitedMs(): number {
    return performance.now() - this.submittedAt;
  }

  start(call: UpstreamCall): void {
    this.call = call;
    this.startedAt = performance.now();
  }

  resolve(computed: Pick<UpstreamEmbedding, 'vector' | 'tokens' | 'truncated'>): void {
    this.isSettled = true;
    const queueMs = this.startedAt - this.submittedAt;
    this.settle?.resolve({ ...computed, queueMs, computeMs: performance.now() - this.startedAt });
  }

  reject(error: ServiceError): void {
    this.isSettled = true;
    this.settle?.reject(error);
  }
}

/** Texts that are sent together. */
export class UpstreamCall {
  private readonly controller = new AbortController();
  private divisions = 0;

  /** One text at least, all of one priority. */
  constructor(readonly texts: readonly UpstreamText[]) {
    for (const text of texts) text.start(this);
  }

  get priority(): Priority | undefined {
    return this.texts[0]?.flow.priority;
  }

  get wantedTexts(): readonly UpstreamText[] {
    return this.texts.filter(({ isSettled }) => !isSettled);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Aborts the call when the callers of all its texts have left. */
  abandonIfUnwanted(reason: UpstreamError): void {
    if (this.wantedTexts.length === 0) this.controller.abort(reason);
  }

  /** True = the call may be halved again, to find the text that the upstream refuses. */
  divide(mostDivisions: number): boolean {
    return ++this.divisions <= mostDivisions;
  }
}
