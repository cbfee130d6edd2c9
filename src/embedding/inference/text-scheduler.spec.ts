import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { TextScheduler, type Flow, type GroupLimits, type ScheduledText } from './text-scheduler.js';

const LIMITS: GroupLimits = { maxTokens: 256, maxTexts: 8 };
const RUNS = { seed: 20_261, numRuns: 300 };
/** Lengths up to this share one class. */
const SHORT_TOKENS = 16;
const LENGTH_RATIO = 2 ** (1 / 6);

class Text implements ScheduledText {
  alone = false;

  constructor(readonly tokens: number) {}
}

function schedulerWith(limits: Partial<GroupLimits> = {}): TextScheduler<Text> {
  return new TextScheduler<Text>({ ...LIMITS, ...limits });
}

/** Adds one text of each length to a flow of their own. */
function arrive(scheduler: TextScheduler<Text>, tokens: readonly number[], priority: Flow['priority'] = 'interactive'): readonly Text[] {
  const flow = scheduler.openFlow(priority);
  const texts = tokens.map((count) => new Text(count));
  for (const text of texts) scheduler.add(flow, text);
  return texts;
}

/** How many groups have been taken when this text is in one. */
function groupsUntil(scheduler: TextScheduler<Text>, wanted: Text): number {
  for (let groups = 1; ; groups++) {
    const group = scheduler.take(1);
    if (group.includes(wanted)) return groups;
    if (group.length === 0) throw new Error('the text is not waiting');
  }
}

function tokensOf(texts: readonly Text[]): readonly number[] {
  return texts.map(({ tokens }) => tokens);
}

describe('TextScheduler', () => {
  it('has nothing to run while nothing waits', () => {
    expect(schedulerWith().take(1)).toEqual([]);
  });

  it('runs the texts of one request in their order', () => {
    const scheduler = schedulerWith();
    const texts = arrive(scheduler, [20, 20, 20]);
    expect(scheduler.take(1)).toEqual(texts);
  });

  it('runs texts of like length together and others apart', () => {
    const scheduler = schedulerWith();
    arrive(scheduler, [19, 100, 20, 101]);
    expect([scheduler.take(1), scheduler.take(1)].map(tokensOf)).toEqual([
      [19, 20],
      [100, 101],
    ]);
  });

  it('fills a group up to the padded tokens allowed and no further', () => {
    const scheduler = schedulerWith({ maxTokens: 100 });
    arrive(scheduler, [50, 50, 50]);
    expect([scheduler.take(1), scheduler.take(1)].map(tokensOf)).toEqual([[50, 50], [50]]);
  });

  it('counts padding: a longer text makes each place in its group dearer', () => {
    const scheduler = schedulerWith({ maxTokens: 100 });
    arrive(scheduler, [49, 51]);
    expect(tokensOf(scheduler.take(1))).toEqual([49]);
  });

  it('runs a text longer than the budget alone', () => {
    const scheduler = schedulerWith({ maxTokens: 100 });
    arrive(scheduler, [512, 512]);
    expect(tokensOf(scheduler.take(1))).toEqual([512]);
  });

  it('runs a text that was in a group that failed alone', () => {
    const scheduler = schedulerWith();
    const flow = scheduler.openFlow('interactive');
    const [suspect, other] = [new Text(20), new Text(20)];
    suspect.alone = true;
    scheduler.add(flow, suspect);
    scheduler.add(flow, other);
    expect([scheduler.take(1), scheduler.take(1)]).toEqual([[suspect], [other]]);
  });

  it('shares few texts among the workers that are idle', () => {
    const scheduler = schedulerWith();
    arrive(scheduler, [20, 20, 20, 20]);
    expect([scheduler.take(3), scheduler.take(2), scheduler.take(1)].map(({ length }) => length)).toEqual([2, 1, 1]);
  });

  it('runs background texts only when no interactive text waits', () => {
    const scheduler = schedulerWith();
    const bulk = arrive(scheduler, [20, 20], 'background');
    const urgent = arrive(scheduler, [300, 20]);
    const order = [scheduler.take(1), scheduler.take(1), scheduler.take(1)].flat();
    expect(new Set(order.slice(0, 2))).toEqual(new Set(urgent));
    expect(order.slice(2)).toEqual(bulk);
  });

  it('knows which text of each priority came first, of those that still wait', () => {
    const scheduler = schedulerWith();
    const [first] = arrive(scheduler, [20], 'background');
    const [gone, next] = arrive(scheduler, [20, 20]);
    if (gone !== undefined) scheduler.remove(gone);

    expect([scheduler.firstArrival('interactive'), scheduler.firstArrival('background')]).toEqual([next, first]);
    scheduler.removeAll();
    expect([scheduler.firstArrival('interactive'), scheduler.firstArrival('background')]).toEqual([undefined, undefined]);
  });

  it('does not run a text that was removed', () => {
    const scheduler = schedulerWith();
    const [gone, stays] = arrive(scheduler, [20, 20]) as [Text, Text];
    expect(scheduler.remove(gone)).toBe(true);
    expect(scheduler.take(1)).toEqual([stays]);
  });

  it('says so when a text to remove is not waiting', () => {
    const scheduler = schedulerWith();
    const [text] = arrive(scheduler, [20]) as [Text];
    scheduler.take(1);
    expect(scheduler.remove(text)).toBe(false);
  });

  it('empties the line and returns who stood in it', () => {
    const scheduler = schedulerWith();
    const texts = [...arrive(scheduler, [20, 300]), ...arrive(scheduler, [20], 'background')];
    expect(new Set(scheduler.removeAll())).toEqual(new Set(texts));
    expect(scheduler).toMatchObject({ waitingTexts: 0, waitingTokens: 0 });
    expect(scheduler.take(1)).toEqual([]);
  });

  it('keeps groups of background texts smaller, since a caller may have to wait for one', () => {
    const scheduler = schedulerWith({ maxBackgroundTokens: 64 });
    arrive(scheduler, [30, 30, 30, 30], 'background');
    expect(scheduler.take(1)).toHaveLength(2);
    arrive(scheduler, [30, 30, 30, 30]);
    expect(scheduler.take(1)).toHaveLength(4);
  });

  it('lets a request with one text overtake the rest of one with a hundred', () => {
    const oneAmongHundred = fc.record({
      tokens: fc.integer({ min: LIMITS.maxTokens / 32, max: 128 }), // so that a group is full by tokens
      own: fc.integer({ min: 1, max: LIMITS.maxTokens }),
      before: fc.nat(5),
    });
    fc.assert(
      fc.property(oneAmongHundred, ({ tokens, own, before }) => {
        const scheduler = schedulerWith({ maxTexts: 32 });
        arrive(
          scheduler,
          Array.from({ length: 100 }, () => tokens),
        );
        for (let group = 0; group < before; group++) scheduler.take(1);
        const [text] = arrive(scheduler, [own]) as [Text];
        expect(groupsUntil(scheduler, text)).toBeLessThanOrEqual(2);
      }),
      RUNS,
    );
  });

  it('serves the last text of a large request although requests of one text arrive for ever', () => {
    const lengths = fc.integer({ min: 8, max: 512 });
    fc.assert(
      fc.property(fc.array(lengths, { minLength: 1, maxLength: 50 }), fc.infiniteStream(lengths), (large, newcomers) => {
        const scheduler = schedulerWith();
        const last = arrive(scheduler, large).at(-1);
        const tokens = large.reduce((sum, count) => sum + count, 0);
        const mostGroups = large.length + Math.ceil(tokens / 8) + 1; // each newcomer that overtakes uses up at least 8 of its tokens
        let groups = 0;
        do {
          arrive(scheduler, [newcomers.next().value]);
          groups++;
        } while (!scheduler.take(1).some((text) => text === last) && groups <= mostGroups);
        expect(groups).toBeLessThanOrEqual(mostGroups);
      }),
      { ...RUNS, numRuns: 100 },
    );
  });

  describe('whatever arrives, leaves and dies', () => {
    it('takes every text that is not removed exactly once, in groups that are allowed', () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
          const line = new CheckedLine();
          for (const act of steps) act(line);
          line.drain();
          expect(line.stillWaiting).toBe(0);
        }),
        RUNS,
      );
    });
  });
});

type Step = (line: CheckedLine) => void;

const tokens = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 512 }));
const priority = fc.constantFrom<Flow['priority']>('interactive', 'background');
const idle = fc.integer({ min: 0, max: 4 });

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(priority, fc.array(tokens, { maxLength: 30 })).map(
    ([of, lengths]): Step =>
      (line) =>
        line.arrive(of, lengths),
  ),
  idle.map(
    (workers): Step =>
      (line) =>
        line.take(workers),
  ),
  idle.map(
    (workers): Step =>
      (line) =>
        line.takeAndDie(workers),
  ),
  fc.nat().map(
    (choice): Step =>
      (line) =>
        line.abort(choice),
  ),
);

/** A scheduler next to the plain set of the texts that must be waiting in it; checks each group. */
class CheckedLine {
  private readonly scheduler = schedulerWith();
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
