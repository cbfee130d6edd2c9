import TinyQueue from 'tinyqueue';
import type { Priority } from '../embedding-provider.port.js';

/** A text that waits for a worker. */
export interface ScheduledText {
  readonly tokens: number;
  /** Runs in a group of its own, because it was in a group that failed. */
  readonly alone: boolean;
}

/** The texts of one caller's request, in its order: they share one place in the line. */
export interface Flow {
  readonly priority: Priority;
  /** Virtual time at which the last text added so far is due. */
  due: number;
}

interface Entry<T> {
  readonly text: T;
  readonly due: number;
  readonly arrival: number;
  readonly priority: Priority;
  waiting: boolean;
}

/** The limits of one run of the model. */
export interface GroupLimits {
  /** Padded tokens: the longest text times the number of texts. A text longer than this runs alone. */
  readonly maxTokens: number;
  readonly maxTexts: number;
  /** The same for background texts while callers come, who may have to wait for such a group; undefined = maxTokens. */
  readonly maxBackgroundTokens?: number;
  /** `any`: texts are not padded, so texts of any lengths run together, and `maxTokens` bounds their sum. */
  readonly lengths?: 'alike' | 'any';
}

/** Texts whose lengths differ by less than 2^(1/6) = 12 % share a class, and so a run: padding costs as much as text. */
const CLASSES_PER_DOUBLING = 6;
const SHORTEST_CLASS_TOKENS = 16;

function lengthClass(tokens: number): number {
  return Math.max(0, Math.ceil(Math.log2(tokens / SHORTEST_CLASS_TOKENS) * CLASSES_PER_DOUBLING));
}

/** If no caller has come for so long, none is expected. */
const QUIET_MS = 2_000;

/**
 * Decides which texts run next, and together. Knows no workers or promises.
 *
 * Order is self-clocked fair queueing over requests (Golestani, 1994), counted in tokens: the k-th text of a request is
 * due after the k-1 before it, so a request with one text overtakes the rest of a request with a hundred. Background
 * texts run only when no interactive text waits. Virtual time moves to the due time of each text taken, and a new
 * text is due after it, so no text waits for ever behind others of its priority.
 *
 * Background texts are due in the order in which they come: the chunks of jobs take their turns before. So of two chunks one
 * is done early, and its results are written while the other is computed.
 */
export class TextScheduler<T extends ScheduledText> {
  private readonly classes: Record<Priority, Map<number, TinyQueue<Entry<T>>>> = { interactive: new Map(), background: new Map() };
  private readonly entries = new Map<T, Entry<T>>();
  private readonly virtualTime: Record<Priority, number> = { interactive: 0, background: 0 };
  private readonly waitingCount: Record<Priority, number> = { interactive: 0, background: 0 };
  private lastBackgroundDue = 0;
  private callerCameAt = -Infinity;
  private arrivals = 0;
  private tokens = 0;

  /** @param now Milliseconds of a clock that never goes back. */
  constructor(
    private readonly limits: GroupLimits,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get waitingTexts(): number {
    return this.entries.size;
  }

  waitingTextsOf(priority: Priority): number {
    return this.waitingCount[priority];
  }

  get waitingTokens(): number {
    return this.tokens;
  }

  /** The text of this priority that has waited longest. Walks past texts of the other priority. */
  firstArrival(priority: Priority): T | undefined {
    for (const [text, entry] of this.entries) if (entry.priority === priority) return text;
    return undefined;
  }

  openFlow(priority: Priority): Flow {
    return { priority, due: this.virtualTime[priority] };
  }

  add(flow: Flow, text: T): void {
    const { priority } = flow;
    flow.due = this.startOf(flow) + text.tokens;
    if (priority === 'background') this.lastBackgroundDue = flow.due;
    else this.callerCameAt = this.now();
    const entry: Entry<T> = { text, due: flow.due, arrival: this.arrivals++, priority, waiting: true };
    this.entries.set(text, entry);
    this.waitingCount[priority]++;
    this.tokens += text.tokens;
    this.queueOf(priority, text).push(entry);
  }

  /** Removes a text whose callers have left; false = it is not waiting. */
  remove(text: T): boolean {
    const entry = this.entries.get(text);
    if (entry === undefined) return false;
    this.leave(entry);
    return true;
  }

  /** The texts to run next, for one of `idleWorkers` workers, none of a lower priority than `lowest`; empty = none waits. */
  take(idleWorkers: number, lowest: Priority = 'background'): readonly T[] {
    const priority = this.waitingCount.interactive > 0 ? 'interactive' : lowest;
    const queue = this.mostUrgentQueue(priority);
    if (queue === undefined) return [];
    const mostTokens = this.mostTokens(priority);
    const mostTexts = Math.min(this.limits.maxTexts, Math.ceil(this.waitingCount[priority] / Math.max(1, idleWorkers)));
    const group: T[] = [];
    let longest = 0;
    let tokens = 0;
    for (let head = firstWaiting(queue); head !== undefined; head = firstWaiting(queue)) {
      longest = Math.max(longest, head.text.tokens);
      tokens = this.limits.lengths === 'any' ? tokens + head.text.tokens : longest * (group.length + 1);
      const isFirst = group.length === 0;
      if (!isFirst && (group.length >= mostTexts || tokens > mostTokens)) break;
      queue.pop();
      this.leave(head);
      this.virtualTime[priority] = Math.max(this.virtualTime[priority], head.due);
      group.push(head.text);
      if (head.text.alone) break;
    }
    return group;
  }

  /** Removes all waiting texts and returns them. */
  removeAll(): readonly T[] {
    const texts = [...this.entries.keys()];
    for (const text of texts) this.remove(text);
    return texts;
  }

  private startOf({ priority, due }: Flow): number {
    return priority === 'background' ? this.lastBackgroundDue : Math.max(due, this.virtualTime[priority]);
  }

  private mostTokens(priority: Priority): number {
    const { maxTokens, maxBackgroundTokens = maxTokens } = this.limits;
    const isQuiet = this.now() - this.callerCameAt >= QUIET_MS;
    return priority === 'interactive' || isQuiet ? maxTokens : maxBackgroundTokens;
  }

  private mostUrgentQueue(priority: Priority): TinyQueue<Entry<T>> | undefined {
    let urgent: { readonly queue: TinyQueue<Entry<T>>; readonly head: Entry<T> } | undefined;
    for (const queue of this.classes[priority].values()) {
      const head = firstWaiting(queue);
      if (head !== undefined && (urgent === undefined || byDueTime(head, urgent.head) < 0)) urgent = { queue, head };
    }
    return urgent?.queue;
  }

  private queueOf(priority: Priority, text: T): TinyQueue<Entry<T>> {
    const name = text.alone ? -1 : this.limits.lengths === 'any' ? 0 : lengthClass(text.tokens);
    let queue = this.classes[priority].get(name);
    if (queue === undefined) this.classes[priority].set(name, (queue = new TinyQueue<Entry<T>>([], byDueTime)));
    return queue;
  }

  private leave(entry: Entry<T>): void {
    entry.waiting = false;
    this.entries.delete(entry.text);
    this.waitingCount[entry.priority]--;
    this.tokens -= entry.text.tokens;
  }
}

function byDueTime(left: Entry<unknown>, right: Entry<unknown>): number {
  return left.due - right.due || left.arrival - right.arrival;
}

/** Texts that were removed stay in their queue until they come to its head. */
function firstWaiting<T>(queue: TinyQueue<Entry<T>>): Entry<T> | undefined {
  let head = queue.peek();
  while (head !== undefined && !head.waiting) {
    queue.pop();
    head = queue.peek();
  }
  return head;
}
