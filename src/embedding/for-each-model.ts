import { SettingsError, type EmbeddingSettings } from '../config/index.js';
import { modelName } from './served-model.js';

/**
 * Makes something for each model. If one fails, undoes what succeeded, and rejects with a SettingsError that has the faults of
 * all models; each begins with the name of its model if there are several.
 */
export async function forEachModel<Model extends EmbeddingSettings, Made>(
  models: readonly Model[],
  make: (model: Model) => Promise<Made>,
  undo: (made: Made) => Promise<void> = async () => await Promise.resolve(),
): Promise<readonly Made[]> {
  const results = await Promise.allSettled(models.map(make));
  const made = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  if (errors.length === 0) return made;
  await Promise.all(made.map(undo));
  const faults = results.flatMap((result, index) => faultsOf(result, models.length > 1 ? models[index] : undefined));
  throw errors.find((error) => !(error instanceof SettingsError)) ?? new SettingsError(faults);
}

/** @param named The model that the faults are of, if there are several. */
function faultsOf(result: PromiseSettledResult<unknown>, named: EmbeddingSettings | undefined): readonly string[] {
  if (result.status === 'fulfilled' || !(result.reason instanceof SettingsError)) return [];
  const { faults } = result.reason;
  return named === undefined ? faults : faults.map((fault) => `The model ${modelName(named)}: ${fault}`);
}
