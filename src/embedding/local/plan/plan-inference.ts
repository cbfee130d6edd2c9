import { SettingsError } from '../../../config/index.js';
import type { InferencePlan, Machine, ModelPlan, ModelToPlan, PlanReason } from './inference-plan.js';
import { faultOfMemory } from './plan-in-words.js';
import { bytesOfProcess, bytesForModels, isSmall } from './process-bytes.js';

/** Threads of a process of a large model, if there are as many cores. */
const LARGE_MODEL_THREADS = 4;

/** The processes of a model, as long as they are being chosen. */
interface Draft {
  readonly model: ModelToPlan;
  readonly processes: number;
  readonly hasSecondSession: boolean;
  readonly reason: PlanReason;
}

/**
 * Divides the cores and the memory of a machine among models. Each model can use all cores when the others are idle: a small
 * one has a process for each core, a large one fewer processes with more threads. The arbiter decides which of them run.
 *
 * If that takes too much memory, the model that takes most loses its second session, then a process, and so on. Throws a
 * SettingsError with the numbers if even one process for each model, or as many as the operator has set, do not fit.
 */
export function planInference(machine: Machine, models: readonly ModelToPlan[]): InferencePlan {
  let drafts = models.map((model) => bestDraft(model, machine.cores));
  while (sum(drafts.map(bytesOf)) > bytesForModels(machine)) {
    const next = withLess(drafts);
    if (next === undefined)
      throw new SettingsError([
        faultOfMemory(
          machine,
          drafts.map((draft) => planned(draft, machine)),
        ),
      ]);
    drafts = next;
  }
  const plans = drafts.map((draft) => planned(draft, machine));
  return { cores: Math.max(...plans.map(({ threads }) => sum(threads))), models: plans };
}

function bestDraft(model: ModelToPlan, cores: number): Draft {
  const small = isSmall(model.weightBytes);
  const processes = model.workers ?? (small ? cores : Math.ceil(cores / LARGE_MODEL_THREADS));
  const reason = model.workers === undefined ? (small ? 'small' : 'large') : 'set';
  return { model, processes, hasSecondSession: small && processes > 1, reason };
}

/** Undefined = no model can do with less. */
function withLess(drafts: readonly Draft[]): Draft[] | undefined {
  const largest = drafts.filter(canShrink).toSorted((left, right) => bytesOf(right) - bytesOf(left))[0];
  return largest === undefined ? undefined : drafts.map((draft) => (draft === largest ? shrunk(draft) : draft));
}

function canShrink({ hasSecondSession, processes, model }: Draft): boolean {
  return hasSecondSession || (processes > 1 && model.workers === undefined);
}

function shrunk(draft: Draft): Draft {
  if (draft.hasSecondSession) return { ...draft, hasSecondSession: false };
  return { ...draft, processes: draft.processes - 1, reason: 'memory' };
}

function bytesOf({ model: { weightBytes }, processes, hasSecondSession }: Draft): number {
  return bytesOfProcess(weightBytes, hasSecondSession ? 2 : 1) + (processes - 1) * bytesOfProcess(weightBytes, 1);
}

function planned(draft: Draft, { cores }: Machine): ModelPlan {
  const { model, processes, hasSecondSession, reason } = draft;
  const threads = model.workers === undefined ? divided(cores, processes) : Array.from({ length: processes }, () => 1);
  return { name: model.name, threads, width: hasSecondSession ? sum(threads) : 1, bytes: bytesOf(draft), reason };
}

/** Parts of a whole that differ by one at most. */
function divided(whole: number, parts: number): readonly number[] {
  return Array.from({ length: parts }, (_, index) => Math.floor(whole / parts) + (index < whole % parts ? 1 : 0));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
