import { describeModel, type ModelWishes } from '../../src/embedding/local/model/card/describe-model.js';
import type { ModelCard } from '../../src/embedding/local/model/card/model-card.js';
import { smallModel, type SmallModel } from './small-model.js';

export const NO_WISHES: Omit<ModelWishes, 'folder'> = {
  name: 'small-model',
  revision: undefined,
  dtype: 'fp32',
  pooling: undefined,
  maxTokens: undefined,
  dimensions: undefined,
  prompts: undefined,
};

export type Wishes = Partial<ModelWishes>;

/** The card of a small model; throws if it has faults. */
export async function cardOf(model: SmallModel, wishes: Wishes = {}): Promise<ModelCard> {
  const described = await describeModel({ ...NO_WISHES, folder: smallModel(model), ...wishes });
  if ('faults' in described) throw new Error(described.faults.join('\n'));
  return described.card;
}

export async function faultsOf(model: SmallModel, wishes: Wishes = {}): Promise<readonly string[]> {
  const described = await describeModel({ ...NO_WISHES, folder: smallModel(model), ...wishes });
  return 'faults' in described ? described.faults : [];
}
