import type { ModelAlias } from '../config/index.js';
import type { StartedModel } from './served-model.js';

/** The names that the hub and Ollama have for the weights of the bundled models. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  'all-MiniLM-L6-v2': ['sentence-transformers/all-MiniLM-L6-v2', 'all-minilm', 'all-minilm:22m', 'all-minilm:l6-v2'],
};

export interface ModelNames {
  readonly name: string;
  /** The name, then the aliases. */
  readonly listed: readonly string[];
}

interface NamesOfModels {
  /** The names of the model at this index. */
  of(index: number): ModelNames;
  /** The index of the model that each name stands for. */
  readonly indexes: ReadonlyMap<string, number>;
  readonly faults: readonly string[];
}

/**
 * Which model each name stands for. Names and aliases are given to one model each. The further names that a model has
 * elsewhere (its source, its hub id, Ollama's) go to the first model that has them.
 */
export function namesOfModels(started: readonly StartedModel[], aliases: readonly ModelAlias[]): NamesOfModels {
  const faults: string[] = [];
  const indexes = new Map<string, number>();
  const listed = started.map((): string[] => []);
  const claim = (name: string, index: number): void => {
    const other = indexes.get(name) ?? index;
    if (other !== index) faults.push(`The name ${name} is given to two models: leave out one`);
    if (!listed[index]?.includes(name)) listed[index]?.push(name);
    indexes.set(name, index);
  };
  started.forEach((model, index) => claim(ownName(model), index));
  started.forEach(({ settings }, index) => settings.aliases.forEach((alias) => claim(alias, index)));
  const others = otherNames(started);
  for (const { alias, model } of aliases) {
    const index = model === undefined ? 0 : (indexes.get(model) ?? others.get(model));
    if (index !== undefined) claim(alias, index);
    else
      faults.push(
        `MODEL_ALIASES=${alias}=${model} is not allowed: there is no model ${model}; use one of ${started.map(ownName).join(', ')}`,
      );
  }
  return {
    of: (index) => ({ name: listed[index]?.[0] ?? '', listed: listed[index] ?? [] }),
    indexes: new Map([...others, ...indexes]),
    faults,
  };
}

function ownName({ settings, provider }: StartedModel): string {
  return settings.name ?? provider.space.model;
}

function otherNames(started: readonly StartedModel[]): ReadonlyMap<string, number> {
  const names = started.flatMap((model, index) => furtherNames(model).map((name) => [name, index] as const));
  return new Map(names.reverse()); // of two models with a name, the first has it
}

function furtherNames({ provider: { space } }: StartedModel): readonly string[] {
  return [space.model, space.model.split('/').at(-1) ?? '', ...(OTHER_NAMES[space.model] ?? [])];
}
