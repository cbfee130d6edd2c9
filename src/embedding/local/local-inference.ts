import { SettingsError, type LocalEmbeddingSettings } from '../../config/index.js';
import { forEachModel } from '../for-each-model.js';
import { SYSTEM_CLOCK } from '../scheduling/clock.js';
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
}

interface PlannedModel extends LocalModel {
  readonly card: ModelCard;
  readonly share: InferenceShare;
}

/** The models that are computed on this machine. They share its cores and its memory by one plan. */
export class LocalInference {
  private constructor(private readonly models: ReadonlyMap<LocalEmbeddingSettings, PlannedModel>) {}

  /**
   * Describes the models and plans their processes, without starting any. Rejects with a SettingsError if a model cannot be
   * described, or if they do not fit into the memory.
   */
  static async plan(models: readonly LocalModel[]): Promise<LocalInference> {
    const observers = new Map(models.map(({ settings, observer }) => [settings, observer]));
    const cards = await forEachModel(
      models.map(({ settings }) => settings),
      async (settings) => await openModel(settings, (line) => observers.get(settings)?.modelIsMade(line)),
    );
    return new LocalInference(new Map(withShares(models, cards).map((model) => [model.settings, model])));
  }

  /** Rejects with a SettingsError if a model that is loaded at the start cannot be loaded. */
  async start(settings: LocalEmbeddingSettings): Promise<EmbeddingQueue<TokenizedText, ScaledText>> {
    const model = this.models.get(settings);
    if (model === undefined) throw new RangeError('the model is not in the plan');
    const { card, share, observer } = model;
    const start = (): Promise<LocalEmbeddingQueue> => LocalEmbeddingQueue.start(card, model, share);
    const { load, keepLoadedMinutes } = settings;
    if (load === 'start' && keepLoadedMinutes === undefined) return await start();
    const queue = new LoadedOnUse(
      { space: spaceOfCard(card), traits: traitsOfCard(card), plan: share.plan },
      {
        name: card.name,
        load: start,
        keepLoadedMs: keepLoadedMinutes === undefined ? undefined : keepLoadedMinutes * MINUTE_MS,
        mostWaitMs: MOST_WAIT_MS,
        clock: SYSTEM_CLOCK,
        onFailure: (error) => observer.processFailedToLoad(messageOf(error)),
      },
    );
    if (load === 'start') await queue.load();
    return queue;
  }
}

function withShares(models: readonly LocalModel[], cards: readonly ModelCard[]): readonly PlannedModel[] {
  const machine = machineOf(models);
  const described = models.flatMap((model, index) => (cards[index] === undefined ? [] : [{ ...model, card: cards[index] }]));
  const plan = planInference(
    machine,
    described.map(({ settings: { workers }, card }) => ({ name: card.name, weightBytes: weightBytes(card), workers })),
  );
  const arbiter = new InferenceArbiter(plan.cores);
  return described.flatMap((model, index) => {
    const own = plan.models[index];
    if (own === undefined) return [];
    const { threads, width } = own;
    return [{ ...model, share: { threads, width, arbiter, weight: model.settings.weight, plan: planInWords(own, machine) } }];
  });
}

/** Every model has the same cores and the same memory in its settings. */
function machineOf([first]: readonly LocalModel[]): Machine {
  if (first === undefined) throw new SettingsError(['there is no model to plan for']);
  return { cores: first.settings.cores, memoryBytes: first.settings.memoryBytes };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
