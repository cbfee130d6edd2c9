import assert from 'node:assert/strict';
import { TextScheduler, type Flow, type GroupLimits, type ScheduledText } from './text-scheduler.js';

export const LIMITS: GroupLimits = { maxTokens: 256, maxTexts: 8 };
/** Lengths up to this share one class. */
const SHORT_TOKENS = 16;
const LENGTH_RATIO = 2 ** (1 / 6);

export class Text implements ScheduledText {
  alone = false;

  constructor(readonly tokens: number) {}
}

export function tokensOf(texts: readonly Text[]): readonly number[] {
  return texts.map(({ tokens }) => tokens);
}

/** A scheduler, and a set of the texts that must be waiting in it, against which each group is checked. */
export class CheckedLine {
  private readonly scheduler = new TextScheduler<Text>(LIMITS);
  private readonly waiting = new Map<Text, Flow>();

  get stillWaiting(): number {
    return this.waiting.size;
  }

  arrive(of: Flow['priority'], lengths: readonly number[]): void {
    const flow = this.scheduler.openFlow(of);
    for (const length of lengths) this.add(flow, new Text(length));
  }

  take(workers: number): ReadonlyMap<Text, Flow> {
    const group = this.scheduler.take(workers);
    const flows = new Map<Text, Flow>();
    this.check(group, workers);
    for (const text of group) {
      const flow = this.waiting.get(text);
      if (flow === undefined) throw new Error('taken twice, or after it was removed');
      flows.set(text, flow);
      this.waiting.delete(text);
    }
    this.checkCounts();
    return flows;
  }

  /** As the pool does with a group whose worker died. */
  takeAndDie(workers: number): void {
    for (const [text, flow] of this.take(workers)) {
      if (text.alone) continue; // fails for good
      text.alone = true;
      this.add(flow, text);
    }
  }

  abort(choice: number): void {
    const text = [...this.waiting.keys()][choice % Math.max(1, this.waiting.size)];
    if (text === undefined) return;
    assert.ok(this.scheduler.remove(text));
    assert.ok(!this.scheduler.remove(text));
    this.waiting.delete(text);
    this.checkCounts();
  }

  drain(): void {
    while (this.waiting.size > 0) this.take(1);
    assert.equal(this.scheduler.take(1).length, 0);
  }

  private add(flow: Flow, text: Text): void {
    this.scheduler.add(flow, text);
    this.waiting.set(text, flow);
    this.checkCounts();
  }

  private checkCounts(): void {
    const waitingTokens = [...this.waiting.keys()].reduce((sum, text) => sum + text.tokens, 0);
    assert.equal(this.scheduler.waitingTexts, this.waiting.size);
    assert.equal(this.scheduler.waitingTokens, waitingTokens);
  }

  private check(group: readonly Text[], workers: number): void {
    const flows = [...this.waiting.values()];
    const served = flows.some((flow) => flow.priority === 'interactive') ? 'interactive' : 'background';
    const waitingOfPriority = flows.filter((flow) => flow.priority === served).length;
    const longest = Math.max(...tokensOf(group));
    const shortest = Math.max(SHORT_TOKENS, Math.min(...tokensOf(group)));

    assert.equal(group.length > 0, this.waiting.size > 0);
    assert.ok(group.every((text) => this.waiting.get(text)?.priority === served));
    assert.ok(group.length <= Math.min(LIMITS.maxTexts, Math.ceil(waitingOfPriority / Math.max(1, workers))));
    if (group.length < 2) return;
    assert.ok(longest * group.length <= LIMITS.maxTokens);
    assert.ok(longest / shortest <= LENGTH_RATIO + 1e-9);
    assert.ok(!group.some(({ alone }) => alone));
  }
}
