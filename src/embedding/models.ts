import { Inject, Injectable } from '@nestjs/common';
import { BYTE_CACHE, type ByteCache } from '../cache/index.js';
import { OPENAI_API_SETTINGS, SettingsError, type OpenAiApiSettings } from '../config/index.js';
import { ServiceError } from '../errors/index.js';
import { CachedEmbeddingProvider } from './cached-embedding-provider.js';
import { addedWorkload, type Workload } from './embedding-provider.port.js';
import { namesOfModels, type ModelNames } from './model-names.js';
import { OutputSpaces } from './output-spaces.js';
import type { ServedModel, StartedModel } from './served-model.js';

/** The models of the configuration, started, in their order. */
export const STARTED_MODELS = Symbol('STARTED_MODELS');

const MOST_NAME_SHOWN = 100;

/** The models that are served. The first is the default. */
@Injectable()
export class Models {
  readonly all: readonly ServedModel[];
  /** The model of requests that name none. */
  readonly default: ServedModel;
  private readonly byName: ReadonlyMap<string, ServedModel>;
  private readonly bySpace: ReadonlyMap<string, ServedModel>;

  constructor(
    @Inject(STARTED_MODELS) started: readonly StartedModel[],
    @Inject(BYTE_CACHE) cache: ByteCache,
    @Inject(OPENAI_API_SETTINGS) { modelAliases, allowedDimensions }: Pick<OpenAiApiSettings, 'modelAliases' | 'allowedDimensions'>,
  ) {
    const names = namesOfModels(started, modelAliases);
    const faults = [...names.faults, ...faultsOfSizes(started, allowedDimensions), ...faultsOfSpaces(started)];
    if (faults.length > 0) throw new SettingsError(faults);
    this.all = started.map(({ provider }, index) =>
      served(new CachedEmbeddingProvider(provider, cache), names.of(index), allowedDimensions),
    );
    const [first] = this.all;
    if (first === undefined) throw new Error('the configuration has at least one model');
    this.default = first;
    this.byName = new Map([...names.indexes].flatMap(([name, index]) => withModel(name, this.all[index])));
    this.bySpace = new Map(this.all.map((model) => [model.space.fingerprint, model]));
  }

  /** The model with this name. Undefined = there is none. */
  known(name: string): ServedModel | undefined {
    return this.byName.get(name);
  }

  /** The model that a request asks for; null and undefined = the default. Throws for a name that no model has. */
  find(name: string | null | undefined): ServedModel {
    if (name === null || name === undefined) return this.default;
    const model = this.known(name);
    if (model !== undefined) return model;
    const listed = this.all.flatMap((one) => one.listed).join('`, `');
    throw new ServiceError(
      'model_not_found',
      `The model \`${name.slice(0, MOST_NAME_SHOWN)}\` does not exist here; this service has \`${listed}\` (MODEL_ALIASES adds names).`,
    );
  }

  /** The model whose full vectors have this space. Undefined = none does. */
  ofSpace(fingerprint: string): ServedModel | undefined {
    return this.bySpace.get(fingerprint);
  }

  /** The workload of all models together. */
  workload(): Workload {
    return this.all.map(({ provider }) => provider.workload()).reduce(addedWorkload);
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map(async ({ provider }) => await provider.close()));
  }
}

function served(provider: CachedEmbeddingProvider, names: ModelNames, allowedDimensions: readonly number[]): ServedModel {
  const { space, traits } = provider;
  const spaces = new OutputSpaces(provider, allowedDimensions);
  return { ...names, provider, space, traits, spaces, defaultPrompt: traits.prompts.of(undefined) };
}

function withModel(name: string, model: ServedModel | undefined): [string, ServedModel][] {
  return model === undefined ? [] : [[name, model]];
}

/** ALLOWED_DIMENSIONS holds for each model that has more dimensions; a size that all models are too small for is a mistake. */
function faultsOfSizes(started: readonly StartedModel[], allowed: readonly number[]): readonly string[] {
  const largest = started
    .map(({ provider }) => provider.space)
    .reduce((most, space) => (space.dimensions > most.dimensions ? space : most));
  const tooLarge = allowed.find((size) => size > largest.dimensions);
  if (tooLarge === undefined) return [];
  return [`ALLOWED_DIMENSIONS=${tooLarge} is not allowed: use at most ${largest.dimensions}, what ${largest.model} has`];
}

/** Two names of one space would share cached vectors and answers: an alias says that. */
function faultsOfSpaces(started: readonly StartedModel[]): readonly string[] {
  const spaces = started.map(({ provider }) => provider.space.fingerprint);
  const repeated = started.filter(({ provider }, index) => spaces.indexOf(provider.space.fingerprint) < index);
  return repeated.map(
    ({ settings, provider }) => `The model ${settings.name ?? provider.space.model} is there twice: give the first an alias instead`,
  );
}
