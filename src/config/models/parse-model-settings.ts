import type { EmbeddingSettings, VectorCheckSettings } from '../embedding-settings.js';
import type { EnvironmentReader } from '../environment-reader.js';
import type { Machine } from '../machine.js';
import { flag, listOf, oneOf, text } from '../setting-readers.js';
import { modelSource, type ModelSource } from './model-readers.js';
import { chosenModels, readModelsFile, type FileModel } from './models-file.js';
import { isNamed } from './named-model.js';
import { namesInFile, NAMES_IN_LIST, type SettingNames } from './setting-names.js';
import { DEFAULT_MODELS, OPENAI_URL, parseProviderSettings, type ProviderSettings } from './provider-settings.js';

/** The first is the default. */
type Models = readonly [EmbeddingSettings, ...EmbeddingSettings[]];

/** Variables that are refused beside several models, and the field of MODELS_FILE that each model has instead. */
const OWN_FIELDS = {
  EMBEDDING_DIM: 'dimensions',
  EMBEDDING_MAX_TOKENS: 'max_tokens',
  EMBEDDING_POOLING: 'pooling',
  EMBEDDING_PROMPTS: 'prompts',
  OPENAI_PRICE: 'provider.price',
  OPENAI_SEND_DIMENSIONS: 'provider.send_dimensions',
} as const;

/** The settings that choose the one model, and what they are by themselves. */
const CHOICES = {
  EMBEDDING_MODEL: DEFAULT_MODELS.local,
  EMBEDDING_PROVIDER: 'local',
  USE_OPENAI: 'false',
  OPENAI_MODEL: DEFAULT_MODELS.openai,
} as const;

/** The settings of each model: those of EMBEDDING_MODELS or MODELS_FILE, else of the one that EMBEDDING_MODEL names. */
export function parseModelSettings(env: EnvironmentReader, machine: Machine): Models {
  const provided = parseProviderSettings(env, machine);
  const ofVariables = provided[chosenProvider(env)];
  const listed = env.read('EMBEDDING_MODELS', listOf(modelSource(machine)), []);
  const path = env.read('MODELS_FILE', text, undefined);
  if (listed.length > 0) refuseBeside(env, 'EMBEDDING_MODELS', { ...CHOICES, MODELS_FILE: undefined });
  if (path !== undefined) refuseBeside(env, 'MODELS_FILE', CHOICES);
  if (listed.length > 1 || path !== undefined) refuseOwnFields(env);
  const [first = ofVariables, ...others] =
    path === undefined ? listed.map((source, index) => ofSource(source, index, provided)) : modelsOfFile(path, { env, machine, provided });
  const models: Models = [first, ...others];
  if (models.some((model) => model.provider === 'openai' && model.apiKey === undefined && model.baseUrl === OPENAI_URL))
    env.faults.push(`OPENAI_API_KEY is missing: ${OPENAI_URL} needs one; or set OPENAI_BASE_URL`);
  return models;
}

/** USE_OPENAI is the older name of the same choice, so the two must not contradict each other. */
function chosenProvider(env: EnvironmentReader): EmbeddingSettings['provider'] {
  const provider = env.read('EMBEDDING_PROVIDER', oneOf('local', 'openai'), undefined);
  const useOpenAi = env.read('USE_OPENAI', flag, undefined);
  const alias = useOpenAi === undefined ? undefined : useOpenAi ? 'openai' : 'local';
  if (provider !== undefined && alias !== undefined && provider !== alias)
    env.faults.push(`USE_OPENAI=${useOpenAi} is not allowed: EMBEDDING_PROVIDER=${provider} says otherwise; leave USE_OPENAI out`);
  return provider ?? alias ?? 'local';
}

/** A value that a setting has by itself contradicts nothing: a copy of .env.example has all of them. */
function refuseBeside(env: EnvironmentReader, name: string, others: Readonly<Record<string, string | undefined>>): void {
  for (const [other, usual] of Object.entries(others)) {
    const value = env.valueOf(other);
    if (value !== undefined && value !== usual)
      env.faults.push(`${other} cannot be used with ${name}, which names all models: leave one of them out`);
  }
}

function refuseOwnFields(env: EnvironmentReader): void {
  for (const [name, field] of Object.entries(OWN_FIELDS)) {
    if (env.valueOf(name) !== undefined)
      env.faults.push(`${name} cannot be used with several models: set ${field} of the model that you mean in MODELS_FILE`);
  }
}

function ofSource({ provider, model }: ModelSource, index: number, provided: ProviderSettings): EmbeddingSettings {
  const base = provided[provider];
  return { ...base, names: NAMES_IN_LIST, model, check: checkOf(index, base.check) };
}

/** EMBEDDING_CHECK has the vectors of one model, the first. */
function checkOf(index: number, check: VectorCheckSettings): VectorCheckSettings {
  return index === 0 ? check : { ...check, path: undefined };
}

function ofFile(given: FileModel, names: SettingNames, provided: ProviderSettings): EmbeddingSettings {
  const { source, name, aliases = [], dimensions, max_tokens: maxTokens, prompts } = given;
  const check = checkInFile(given, names, provided[source.provider].check);
  const common = { names, check, name, aliases, dimensions, maxTokens, prompts, model: source.model };
  return source.provider === 'local' ? ofLocal(given, common, provided.local) : ofUpstream(given, common, provided.openai);
}

interface FileContext {
  readonly env: EnvironmentReader;
  readonly machine: Machine;
  readonly provided: ProviderSettings;
}

/** All models of the file, or those that the setting chooses by their names, in its order. */
function modelsOfFile(setting: string, { env, machine, provided }: FileContext): readonly EmbeddingSettings[] {
  const { path, names } = chosenModels(setting);
  const models = readModelsFile(path, env, machine).map((model) => ofFile(model, namesInFile(path, model.index), provided));
  if (names === undefined || models.length === 0) return models;
  return names.flatMap((name) => {
    const chosen = models.find((model) => isNamed(name, model, []));
    if (chosen === undefined) env.faults.push(`MODELS_FILE=${setting} is not allowed: no model of ${path} has the name ${name}`);
    return chosen ?? [];
  });
}

/** The vectors of a model that names a file of them; else those of EMBEDDING_CHECK, for the first model. */
function checkInFile({ index, check: path, check_cosine: leastCosine }: FileModel, names: SettingNames, base: VectorCheckSettings) {
  const settings = leastCosine === undefined ? base : { ...base, leastCosine, names: { ...base.names, leastCosine: names.leastCosine } };
  return path === undefined ? checkOf(index, settings) : { ...settings, path, names: { ...settings.names, path: `${names.place}${names.check}` } };
}

type Common = Pick<EmbeddingSettings, 'names' | 'check' | 'name' | 'aliases' | 'dimensions' | 'maxTokens' | 'prompts' | 'model'>;

function ofLocal(given: FileModel, common: Common, base: ProviderSettings['local']): EmbeddingSettings {
  const { dtype = base.dtype, pooling, load = base.load, keep_loaded_minutes: keepLoadedMinutes, weight = base.weight } = given;
  return { ...base, ...common, dtype, pooling, load, keepLoadedMinutes, weight };
}

/** The key of OPENAI_API_KEY goes to no other address than that of OPENAI_BASE_URL. */
function ofUpstream({ provider, key }: FileModel, common: Common, base: ProviderSettings['openai']): EmbeddingSettings {
  const { base_url: baseUrl = base.baseUrl, timeout_ms: timeoutMs = base.timeoutMs, max_retries: maxRetries = base.maxRetries } = provider;
  const { concurrency = base.concurrency, max_inputs: maxInputsPerCall = base.maxInputsPerCall } = provider;
  const { max_call_tokens: maxTokensPerCall = base.maxTokensPerCall, send_dimensions: sendDimensions, price } = provider;
  return {
    ...base,
    ...common,
    baseUrl,
    apiKey: key ?? (baseUrl === base.baseUrl ? base.apiKey : undefined),
    timeoutMs,
    maxRetries,
    concurrency,
    maxInputsPerCall,
    maxTokensPerCall,
    sendDimensions,
    dollarsPerMillionTokens: price,
  };
}
