import type { EmbeddingSettings, ModelAlias } from '../embedding-settings.js';

/** Whether a model of the settings is meant by this name: its own, an alias, or the folder or hub id that it is read from. */
export function isNamed(name: string, { name: own, aliases, model }: EmbeddingSettings, ofAll: readonly ModelAlias[]): boolean {
  const names = [own, model, model.split('@')[0], ...aliases];
  const aliased = ofAll.filter((one) => one.model !== undefined && names.includes(one.model)).map(({ alias }) => alias);
  return names.includes(name) || aliased.includes(name);
}
