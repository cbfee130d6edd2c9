import { NAMES_OF_ONE } from '../../src/config/index.js';
import { describeModel, type ModelOptions } from '../../src/embedding/local/model/card/describe-model.js';
import type { ModelCard } from '../../src/embedding/local/model/card/model-card.js';
import { smallModel, type SmallModel } from './small-model.js';

export const NO_OPTIONS: Omit<ModelOptions, 'folder'> = {
  names: NAMES_OF_ONE.local,
  name: 'small-model',
  revision: undefined,
  dtype: 'fp32',
  pooling: undefined,
  maxTokens: undefined,
  dimensions: undefined,
  prompts: undefined,
};

export type SomeOptions = Partial<ModelOptions>;

/** The card of a small model; throws if it has faults. */
export async function cardOf(model: SmallModel, options: SomeOptions = {}): Promise<ModelCard> {
  const described = await describeModel({ ...NO_OPTIONS, folder: smallModel(model), ...options });
  if ('faults' in described) throw new Error(described.faults.join('\n'));
  return described.card;
}

export async function faultsOf(model: SmallModel, options: SomeOptions = {}): Promise<readonly string[]> {
  const described = await describeModel({ ...NO_OPTIONS, folder: smallModel(model), ...options });
  return 'faults' in described ? described.faults : [];
}
