import * as fc from 'fast-check';
import { FakeClock } from './clock.fake.js';
import { FakeContender } from './contender.fake.js';
import { InferenceArbiter } from './inference-arbiter.js';

const RUNS = { seed: 20_261, numRuns: 300 };

/** Ends this many groups, of each model that runs one in turn; returns how many each had. */
function runGroups(
  models: readonly FakeContender[],
  groups: number,
  clock: FakeClock,
  msOf: (model: FakeContender) => number = () => 10,
): readonly number[] {
  const counts = new Map(models.map((model) => [model, 0]));
  let running = models.filter((model) => model.running.length > 0);
  for (let group = 0; group < groups && running.length > 0; group++) {
    const [model, ...others] = running as [FakeContender, ...FakeContender[]];
    clock.jump(msOf(model));
    counts.set(model, (counts.get(model) ?? 0) + 1);
    model.finish();
    running = [...others, ...models.filter((each) => each.running.length > 0 && !others.includes(each))];
  }
  return [...counts.values()];
}

describe('InferenceArbiter', () => {
  it('lets one model run on all its processes at once', () => {
    const model = new FakeContender(new InferenceArbiter(4), { processes: 4 });
    model.arrive(5);
    expect(model.running).toHaveLength(4);
    model.finish();
    expect(model.running).toHaveLength(4);
  });

  it('runs no more groups at once than there are cores, over all models', () => {
    const arbiter = new InferenceArbiter(2);
    const models = [1, 2, 3].map(() => new FakeContender(arbiter, { processes: 2 }));
    for (const model of models) model.arrive(2);
    expect(models.map(({ running }) => running.length)).toEqual([2, 0, 0]);
  });

  it('lets others run beside a run that hangs, until it has ended', async () => {
    const clock = new FakeClock();
    const arbiter = new InferenceArbiter(2, clock);
    const hanging = new FakeContender(arbiter, { processes: 2 });
    const other = new FakeContender(arbiter, { processes: 2 });
    hanging.arrive(2);
    other.arrive(3);
    expect(other.running).toHaveLength(0);
    await clock.pass(2_000);
    expect(other.running).toHaveLength(2);
    hanging.finish('lost');
    expect(other.running).toHaveLength(2);
    other.finish();
    expect(other.running).toHaveLength(2);
  });

  it('counts the threads of a process', () => {
    const arbiter = new InferenceArbiter(4);
    const large = new FakeContender(arbiter, { threads: 3 });
    const small = new FakeContender(arbiter, { processes: 4 });
    large.arrive(1);
    small.arrive(4);
    expect([large.running.length, small.running.length]).toEqual([1, 1]);
  });

  it('runs a group that would need more cores than there are, alone', () => {
    const arbiter = new InferenceArbiter(2);
    const large = new FakeContender(arbiter, { threads: 8 });
    large.arrive(1);
    expect(large.running).toHaveLength(1);
  });

  it('runs no group of a job while a caller of another model waits', () => {
    const arbiter = new InferenceArbiter(1);
    const [jobs, callers] = [new FakeContender(arbiter), new FakeContender(arbiter)];
    jobs.arrive(3, 'background');
    callers.arrive(2);
    jobs.finish();
    expect(callers.running).toHaveLength(1);
    callers.finish();
    expect(callers.running).toHaveLength(1);
    callers.finish();
    expect(jobs.running).toHaveLength(1);
  });

  it.each([
    { weights: [1, 1], expected: [20, 20] },
    { weights: [3, 1], expected: [30, 10] },
  ])('divides the time between models of the weights $weights', ({ weights, expected }) => {
    const clock = new FakeClock();
    const arbiter = new InferenceArbiter(1, clock);
    const models = weights.map((weight) => new FakeContender(arbiter, { weight }));
    for (const model of models) model.arrive(100);
    const counts = runGroups(models, 40, clock);
    counts.forEach((count, index) => expect(Math.abs(count - (expected[index] ?? 0))).toBeLessThanOrEqual(1));
  });

  it('divides time, not groups: a slow model has fewer', () => {
    const clock = new FakeClock();
    const arbiter = new InferenceArbiter(1, clock);
    const [slow, fast] = [new FakeContender(arbiter), new FakeContender(arbiter)];
    for (const model of [slow, fast]) model.arrive(200);
    const [ofSlow = 0, ofFast = 0] = runGroups([slow, fast], 110, clock, (model) => (model === slow ? 100 : 10));
    expect(ofFast / ofSlow).toBeGreaterThan(8);
    expect(ofFast / ofSlow).toBeLessThan(12);
  });

  it('owes a model nothing for the time in which it did not wait', () => {
    const clock = new FakeClock();
    const arbiter = new InferenceArbiter(1, clock);
    const [busy, newcomer] = [new FakeContender(arbiter), new FakeContender(arbiter)];
    busy.arrive(200);
    runGroups([busy], 100, clock);
    newcomer.arrive(50);
    const [ofBusy = 0, ofNewcomer = 0] = runGroups([busy, newcomer], 20, clock);
    expect(Math.abs(ofBusy - ofNewcomer)).toBeLessThanOrEqual(2);
  });

  it('waits for the cores that a large model needs, so that small ones do not overtake it for ever', () => {
    const clock = new FakeClock();
    const arbiter = new InferenceArbiter(2, clock);
    const [small, large] = [new FakeContender(arbiter, { processes: 2 }), new FakeContender(arbiter, { threads: 2 })];
    small.arrive(50);
    large.arrive(1);
    runGroups([small], 3, clock);
    expect(large.running).toHaveLength(1);
  });

  it('gives the cores of a lost process to others', () => {
    const arbiter = new InferenceArbiter(1);
    const [broken, sound] = [new FakeContender(arbiter), new FakeContender(arbiter)];
    broken.arrive(5);
    sound.arrive(2);
    broken.finish('lost');
    expect(sound.running).toHaveLength(1);
    sound.finish();
    expect(sound.running).toHaveLength(1);
    expect(broken.running).toHaveLength(0);
  });

  it('gives cores back once, however often a turn ends', () => {
    const arbiter = new InferenceArbiter(1);
    const [first, second] = [new FakeContender(arbiter), new FakeContender(arbiter, { processes: 2 })];
    first.arrive(1);
    const [run] = first.running;
    first.finish();
    run?.turn.end();
    second.arrive(2);
    expect(second.running).toHaveLength(1);
  });

  it('gives no turn to a model that was removed', () => {
    const arbiter = new InferenceArbiter(1);
    const model = new FakeContender(arbiter);
    arbiter.remove(model);
    model.arrive(1);
    expect(model.running).toHaveLength(0);
  });

  it('says whether a group is alone, and how many may start', () => {
    const arbiter = new InferenceArbiter(3);
    const [first, second] = [new FakeContender(arbiter, { processes: 3 }), new FakeContender(arbiter)];
    first.arrive(2);
    second.arrive(1);
    const turns = [...first.running, ...second.running].map(({ turn: { isAlone, groups } }) => ({ isAlone, groups }));
    expect(turns).toEqual([
      { isAlone: true, groups: 3 },
      { isAlone: false, groups: 2 },
      { isAlone: false, groups: 1 },
    ]);
  });

  it('keeps within the cores, leaves none idle that a waiting group could use, and serves every group, in any order of events', () => {
    const shape = fc.record({ weight: fc.integer({ min: 1, max: 5 }), processes: fc.integer({ min: 1, max: 4 }), threads: fc.constant(1) });
    const event = fc.record({ model: fc.nat(), count: fc.integer({ min: 0, max: 4 }), isUrgent: fc.boolean(), ms: fc.nat(50) });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(shape, { minLength: 1, maxLength: 4 }),
        fc.array(event),
        (cores, shapes, events) => {
          const clock = new FakeClock();
          const arbiter = new InferenceArbiter(cores, clock);
          const models = shapes.map((of) => new FakeContender(arbiter, of));
          const check = (): void => {
            const used = models.reduce((sum, { runningThreads }) => sum + runningThreads, 0);
            expect(used).toBeLessThanOrEqual(cores);
            expect(used === cores || models.every((model) => model.next() === undefined)).toBe(true);
          };
          for (const { model: choice, count, isUrgent, ms } of events) {
            const model = models[choice % models.length];
            clock.jump(ms);
            if (count > 0) model?.arrive(count, isUrgent ? 'interactive' : 'background');
            else if ((model?.running.length ?? 0) > 0) model?.finish();
            check();
          }
          for (let busy = models; busy.length > 0; busy = models.filter(({ running }) => running.length > 0)) {
            busy.find(({ running }) => running.length > 0)?.finish();
            check();
          }
          expect(models.some(({ waits }) => waits)).toBe(false);
        },
      ),
      RUNS,
    );
  });

  it('gives every model its share in the end, whatever its processes need', () => {
    const shape = fc.record({
      weight: fc.integer({ min: 1, max: 3 }),
      threads: fc.integer({ min: 1, max: 4 }),
      ms: fc.integer({ min: 1, max: 50 }),
    });
    fc.assert(
      fc.property(fc.array(shape, { minLength: 2, maxLength: 4 }), (shapes) => {
        const clock = new FakeClock();
        const arbiter = new InferenceArbiter(4, clock);
        const models = shapes.map(
          ({ weight, threads }) => new FakeContender(arbiter, { weight, threads, processes: Math.floor(4 / threads) }),
        );
        for (const model of models) model.arrive(400);
        const counts = runGroups(models, 200, clock, (model) => shapes[models.indexOf(model)]?.ms ?? 1);
        expect(Math.min(...counts)).toBeGreaterThan(0);
      }),
      RUNS,
    );
  });
});
