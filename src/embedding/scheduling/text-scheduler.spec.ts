import * as fc from 'fast-check';
import { CheckedLine, LIMITS, Text, tokensOf } from './checked-line.fake.js';
import { TextScheduler, type Flow, type GroupLimits } from './text-scheduler.js';

const RUNS = { seed: 20_261, numRuns: 300 };

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

describe('TextScheduler', () => {
  it('returns no texts while none wait', () => {
    expect(schedulerWith().take(1)).toEqual([]);
  });

  it('runs the texts of one request in their order', () => {
    const scheduler = schedulerWith();
    const texts = arrive(scheduler, [20, 20, 20]);
    expect(scheduler.take(1)).toEqual(texts);
  });

  it('runs texts of similar length together and others apart', () => {
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

  it('counts padding, so a longer text raises the cost of each text in its group', () => {
    const scheduler = schedulerWith({ maxTokens: 100 });
    arrive(scheduler, [49, 51]);
    expect(tokensOf(scheduler.take(1))).toEqual([49]);
  });

  it('runs a text longer than the budget alone', () => {
    const scheduler = schedulerWith({ maxTokens: 100 });
    arrive(scheduler, [512, 512]);
    expect(tokensOf(scheduler.take(1))).toEqual([512]);
  });

  it('runs a text alone after its group has failed', () => {
    const scheduler = schedulerWith();
    const flow = scheduler.openFlow('interactive');
    const [suspect, harmless] = [new Text(20), new Text(20)];
    suspect.alone = true;
    scheduler.add(flow, suspect);
    scheduler.add(flow, harmless);
    expect([scheduler.take(1), scheduler.take(1)]).toEqual([[suspect], [harmless]]);
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

  it('returns the waiting text of each priority that came first', () => {
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

  it('reports when a text to remove is not waiting', () => {
    const scheduler = schedulerWith();
    const [text] = arrive(scheduler, [20]) as [Text];
    scheduler.take(1);
    expect(scheduler.remove(text)).toBe(false);
  });

  it('removes all waiting texts and returns them', () => {
    const scheduler = schedulerWith();
    const texts = [...arrive(scheduler, [20, 300]), ...arrive(scheduler, [20], 'background')];
    expect(new Set(scheduler.removeAll())).toEqual(new Set(texts));
    expect(scheduler).toMatchObject({ waitingTexts: 0, waitingTokens: 0 });
    expect(scheduler.take(1)).toEqual([]);
  });

  it('makes groups of background texts smaller while callers come, because one may have to wait for a group', () => {
    const clock = { now: 10_000 };
    const scheduler = new TextScheduler<Text>({ ...LIMITS, maxBackgroundTokens: 64 }, () => clock.now);
    const backgroundGroup = (): number => {
      arrive(scheduler, [30, 30, 30, 30], 'background');
      const { length } = scheduler.take(1);
      scheduler.removeAll();
      return length;
    };
    expect(backgroundGroup()).toBe(4);
    arrive(scheduler, [30, 30, 30, 30]);
    expect(scheduler.take(1)).toHaveLength(4);
    clock.now += 1_999;
    expect(backgroundGroup()).toBe(2);
    clock.now += 1;
    expect(backgroundGroup()).toBe(4);
  });

  it('finishes one chunk of a job before the next one, which is computed while the results of the first are written', () => {
    const scheduler = schedulerWith({ maxTexts: 2 });
    const [first, second] = [arrive(scheduler, [20, 20, 20, 20], 'background'), arrive(scheduler, [20, 20, 20, 20], 'background')];
    expect([1, 2, 3, 4].flatMap(() => scheduler.take(1))).toEqual([...first, ...second]);
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

  describe('in any order of arrivals, removals and failures', () => {
    it('returns every text that is not removed exactly once, in allowed groups', () => {
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
