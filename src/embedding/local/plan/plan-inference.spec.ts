import * as fc from 'fast-check';
import { SettingsError } from '../../../config/index.js';
import type { ModelPlan, ModelToPlan } from './inference-plan.js';
import { planInWords } from './plan-in-words.js';
import { planInference } from './plan-inference.js';
import { bytesForModels } from './process-bytes.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const RUNS = { seed: 20_261, numRuns: 500 };

function model(weightMib: number, workers?: number): ModelToPlan {
  return { name: `model of ${weightMib} MiB`, weightBytes: weightMib * MIB, workers };
}

function planOf(cores: number, memoryBytes: number, ...models: readonly ModelToPlan[]): readonly ModelPlan[] {
  return planInference({ cores, memoryBytes }, models).models;
}

function faultOf(plan: () => unknown): string {
  try {
    plan();
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return '';
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

describe('planInference', () => {
  it('gives a small model a process of one thread for each core, and all cores to a text that comes alone', () => {
    expect(planOf(4, 8 * GIB, model(22))).toMatchObject([{ threads: [1, 1, 1, 1], width: 4, reason: 'small' }]);
    expect(planOf(1, 8 * GIB, model(22))).toMatchObject([{ threads: [1], width: 1 }]);
  });

  it('gives a large model fewer processes with more threads, and its weights no second place', () => {
    expect(planOf(2, 8 * GIB, model(1000))).toMatchObject([{ threads: [2], width: 1, reason: 'large' }]);
    expect(planOf(8, 8 * GIB, model(1000))).toMatchObject([{ threads: [4, 4], width: 1 }]);
    expect(planOf(6, 8 * GIB, model(1000))).toMatchObject([{ threads: [3, 3], width: 1 }]);
  });

  it('takes a second session, then processes, from the model that takes most, until all fit', () => {
    const models = [model(200), model(22)];
    const [large, small] = planOf(4, 20 * GIB, ...models);
    const [without, still] = planOf(4, 160 * MIB + (large?.bytes ?? 0) + (small?.bytes ?? 0) - 1, ...models);
    expect(without).toMatchObject({ threads: [1, 1, 1, 1], width: 1 });
    expect(still).toEqual(small);
    expect(planOf(4, 160 * MIB + (without?.bytes ?? 0) + (small?.bytes ?? 0) - 1, ...models)[0]).toMatchObject({
      threads: [2, 1, 1],
      width: 1,
      reason: 'memory',
    });
  });

  it('obeys the number of processes that the operator has set', () => {
    expect(planInference({ cores: 2, memoryBytes: 8 * GIB }, [model(22, 3)])).toMatchObject({
      cores: 3,
      models: [{ threads: [1, 1, 1], width: 3, reason: 'set' }],
    });
    expect(planInference({ cores: 8, memoryBytes: 8 * GIB }, [model(1000, 1)])).toMatchObject({ cores: 1, models: [{ threads: [1] }] });
  });

  it('refuses models that do not fit, with the arithmetic', () => {
    expect(faultOf(() => planOf(4, 2 * GIB, model(1500), model(22)))).toBe(
      'The models do not fit into the memory of 2,048 MiB: model of 1500 MiB (1,864 MiB for 1 process of 4 threads), ' +
        'model of 22 MiB (90 MiB for 1 process of 4 threads); together 1,954 MiB, and the process that serves HTTP leaves 1,888 MiB. ' +
        'Give the service more memory, set EMBEDDING_DTYPE=int8, or choose a smaller model',
    );
  });

  it('refuses more processes than fit, where the operator has set them', () => {
    expect(faultOf(() => planOf(4, 2 * GIB, model(500, 4)))).toMatch(
      /2,656 MiB for 4 processes of 1 thread\); .*set a lower EMBEDDING_WORKERS/,
    );
  });

  describe('for any machine and models', () => {
    const cases = fc.record({
      cores: fc.integer({ min: 1, max: 64 }),
      memoryMib: fc.integer({ min: 100, max: 64 * 1024 }),
      models: fc.array(
        fc.integer({ min: 1, max: 4000 }).map((weightMib) => model(weightMib)),
        { minLength: 1, maxLength: 5 },
      ),
    });

    it('keeps within the memory, or refuses only what does not fit as one process each', () => {
      fc.assert(
        fc.property(cases, ({ cores, memoryMib, models }) => {
          const machine = { cores, memoryBytes: memoryMib * MIB };
          const fault = faultOf(() => {
            const plans = planInference(machine, models).models;
            expect(sum(plans.map(({ bytes }) => bytes))).toBeLessThanOrEqual(bytesForModels(machine));
          });
          const alone = sum(models.map((each) => planOf(1, 2 ** 50, each)[0]?.bytes ?? 0));
          expect(fault !== '').toBe(alone > bytesForModels(machine));
        }),
        RUNS,
      );
    });

    it('gives each model processes whose threads are all cores together, so that no core is idle while its texts wait', () => {
      fc.assert(
        fc.property(cases, ({ cores, models }) => {
          const plan = planInference({ cores, memoryBytes: 2 ** 50 }, models);
          expect(plan.cores).toBe(cores);
          for (const { threads, width } of plan.models) {
            expect(sum(threads)).toBe(cores);
            expect(Math.min(...threads)).toBeGreaterThan(0);
            expect([1, cores]).toContain(width);
          }
        }),
        RUNS,
      );
    });

    it('gives no model more when there is less memory', () => {
      fc.assert(
        fc.property(cases, fc.integer({ min: 1, max: 16 * 1024 }), ({ cores, models }, lessMib) => {
          const bytes = (memoryBytes: number): number => sum(planOf(cores, memoryBytes, ...models).map((plan) => plan.bytes));
          const whole = bytes(2 ** 50);
          const less = 160 * MIB + whole - lessMib * MIB;
          if (faultOf(() => planOf(cores, less, ...models)) !== '') return;
          expect(bytes(less)).toBeLessThanOrEqual(whole);
        }),
        RUNS,
      );
    });
  });
});

describe('planInWords', () => {
  it.each([
    {
      models: [model(22)],
      words:
        '2 processes of 1 thread, one for each core, because the model is small; a text that comes alone has 2 threads; planned memory: 207 of 4,096 MiB',
    },
    {
      models: [model(1000)],
      words: '1 process of 2 threads, few with several threads, because the model is large; planned memory: 1,264 of 4,096 MiB',
    },
    { models: [model(22, 1)], words: '1 process of 1 thread, as EMBEDDING_WORKERS says; planned memory: 90 of 4,096 MiB' },
  ])('says how many processes there are, and why: $words', ({ models, words }) => {
    const machine = { cores: 2, memoryBytes: 4 * GIB };
    expect(planInference(machine, models).models.map((plan) => planInWords(plan, machine))).toEqual([words]);
  });
});
