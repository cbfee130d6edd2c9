import type { EmbeddingSettings } from '../embedding-settings.js';
import type { EnvironmentReader } from '../environment-reader.js';
import type { Machine } from '../machine.js';
import { flag, listOf, oneOf, text } from '../setting-readers.js';
import { modelSource, type ModelSource } from './model-readers.js';
import { readModelsFile, type FileModel } from './models-file.js';
import { DEFAULT_MODELS, OPENAI_URL, parseProviderSettings, type ProviderSettings } from './provider-settings.js';

/** The first is the default. */
type Models = readonly [EmbeddingSettings, ...EmbeddingSettings[]];

/** What each model says itself, as soon as there are several. */
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
  const one = provided[chosenProvider(env)];
  const listed = env.read('EMBEDDING_MODELS', listOf(modelSource(machine)), []);
  const path = env.read('MODELS_FILE', text, undefined);
  if (listed.length > 0) refuseBeside(env, 'EMBEDDING_MODELS', { ...CHOICES, MODELS_FILE: undefined });
  if (path !== undefined) refuseBeside(env, 'MODELS_FILE', CHOICES);
  if (listed.length > 1 || path !== undefined) refuseOwnFields(env);
  const [first = one, ...others] =
    path === undefined
      ? listed.map((source) => ofSource(source, provided))
      : readModelsFile(path, env, machine).map((model) => ofFile(model, provided));
  const models: Models = [first, ...others.map((model) => ({ ...model, check: { ...model.check, path: undefined } }))];
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

function ofSource({ provider, model }: ModelSource, provided: ProviderSettings): EmbeddingSettings {
  return { ...provided[provider], model };
}

function ofFile(given: FileModel, provided: ProviderSettings): EmbeddingSettings {
  const { source, name, aliases = [], dimensions, max_tokens: maxTokens, prompts } = given;
  const common = { name, aliases, dimensions, maxTokens, prompts, model: source.model };
  return source.provider === 'local' ? ofLocal(given, common, provided.local) : ofUpstream(given, common, provided.openai);
}

type Common = Pick<EmbeddingSettings, 'name' | 'aliases' | 'dimensions' | 'maxTokens' | 'prompts' | 'model'>;

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
