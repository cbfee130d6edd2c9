import type { EmbeddingSettings, ModelAlias } from '../embedding-settings.js';

/** Whether a model of the settings is meant by this name: its own, an alias, the folder or hub id that it is read from, or the last part of that. */
export function isNamed(name: string, { name: own, aliases, model }: EmbeddingSettings, ofAll: readonly ModelAlias[]): boolean {
  const [id = model] = model.split('@');
  const names = [own, model, id, id.split('/').at(-1), ...aliases];
  const aliased = ofAll.filter((one) => one.model !== undefined && names.includes(one.model)).map(({ alias }) => alias);
  return names.includes(name) || aliased.includes(name);
}
