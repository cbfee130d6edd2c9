import { SettingsError, type LocalEmbeddingSettings } from '../../config/index.js';
import { SYSTEM_CLOCK } from '../loading/clock.js';
import { LoadedOnUse } from '../loading/loaded-on-use.js';
import type { EmbeddingQueue } from '../scheduling/embedding-queue.port.js';
import { InferenceArbiter } from '../scheduling/inference-arbiter.js';
import type { InferenceObserver } from './inference/inference-observer.port.js';
import type { ScaledText } from './inference/pending-text.js';
import { LocalEmbeddingQueue, type InferenceShare } from './local-embedding-queue.js';
import { spaceOfCard, traitsOfCard } from './model/card/card-summary.js';
import type { ModelCard } from './model/card/model-card.js';
import { weightBytes } from './model/card/weight-bytes.js';
import { openModel } from './model/open-model.js';
import type { Machine } from './plan/inference-plan.js';
import { planInWords } from './plan/plan-in-words.js';
import { planInference } from './plan/plan-inference.js';
import type { TokenizedText } from './tokenization/tokenizer-messages.js';

const MINUTE_MS = 60_000;
/** The longest time that a caller waits for a model that is being loaded. */
const MOST_WAIT_MS = 30_000;

export interface LocalModel {
  readonly settings: LocalEmbeddingSettings;
  readonly observer: InferenceObserver;
  /** Its share of the cores while other models have work too; 1 = as much as every other. */
  readonly weight: number;
  readonly load: 'start' | 'first-use';
  /** Idle minutes after which the model is closed; undefined = it stays in memory. */
  readonly keepLoadedMinutes: number | undefined;
}

/** The models that are computed on this machine. They share its cores and its memory by one plan. */
export class LocalInference {
  private constructor(
    private readonly cards: ReadonlyMap<LocalModel, ModelCard>,
    private readonly shares: ReadonlyMap<LocalModel, InferenceShare>,
  ) {}

  /**
   * Describes the models and plans their processes, without starting any. Rejects with a SettingsError if a model cannot be
   * described, or if they do not fit into the memory.
   */
  static async plan(models: readonly LocalModel[]): Promise<LocalInference> {
    const cards = new Map<LocalModel, ModelCard>();
    for (const model of models) cards.set(model, await openModel(model.settings, (line) => model.observer.modelIsMade(line)));
    return new LocalInference(cards, sharesOf(cards));
  }

  /** Rejects with a SettingsError if a model that is loaded at the start cannot be loaded. */
  async start(model: LocalModel): Promise<EmbeddingQueue<TokenizedText, ScaledText>> {
    const [card, share] = [this.cards.get(model), this.shares.get(model)];
    if (card === undefined || share === undefined) throw new RangeError('the model is not in the plan');
    const start = (): Promise<LocalEmbeddingQueue> => LocalEmbeddingQueue.start(card, model, share);
    const { load, keepLoadedMinutes } = model;
    if (load === 'start' && keepLoadedMinutes === undefined) return await start();
    const queue = new LoadedOnUse(
      { space: spaceOfCard(card), traits: traitsOfCard(card), plan: share.plan },
      {
        name: card.name,
        load: start,
        keepLoadedMs: keepLoadedMinutes === undefined ? undefined : keepLoadedMinutes * MINUTE_MS,
        mostWaitMs: MOST_WAIT_MS,
        clock: SYSTEM_CLOCK,
        onFailure: (error) => model.observer.processFailedToLoad(messageOf(error)),
      },
    );
    if (load === 'start') await queue.load();
    return queue;
  }
}

function sharesOf(cards: ReadonlyMap<LocalModel, ModelCard>): ReadonlyMap<LocalModel, InferenceShare> {
  const entries = [...cards];
  const machine = machineOf(entries.map(([{ settings }]) => settings));
  const { cores, models } = planInference(
    machine,
    entries.map(([{ settings }, card]) => ({ name: card.name, weightBytes: weightBytes(card), workers: settings.workers })),
  );
  const arbiter = new InferenceArbiter(cores);
  return new Map(
    models.flatMap((plan, index) => {
      const [model] = entries[index] ?? [];
      if (model === undefined) return [];
      const { threads, width } = plan;
      return [[model, { threads, width, arbiter, weight: model.weight, plan: planInWords(plan, machine) }] as const];
    }),
  );
}

/** Every model has the same cores and the same memory in its settings. */
function machineOf([first]: readonly LocalEmbeddingSettings[]): Machine {
  if (first === undefined) throw new SettingsError(['there is no model to plan for']);
  return { cores: first.cores, memoryBytes: first.memoryBytes };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
