import { DTYPES, MODEL_LOADS, POOLINGS } from '../embedding-settings.js';
import type { Machine } from '../machine.js';
import { baseUrl, modelName, text } from '../setting-readers.js';
import { choiceField, flagField, listField, numberField, objectSchema, textField, type Field, type JsonSchema } from './file-fields.js';
import { LIMITS } from './model-limits.js';
import { arePrompts, modelSource, PROMPTS_ALLOWED, weights } from './model-readers.js';

const NAME = { pattern: String.raw`^[\w.:/@-]{1,200}$` } as const;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The fields of `provider`, of a model that another service computes. */
export const PROVIDER_FIELDS = {
  base_url: textField(baseUrl, { format: 'uri', description: 'Where it is, such as http://localhost:8001/v1; default OPENAI_BASE_URL' }),
  key_variable: textField((raw) => (VARIABLE.test(raw) ? { value: raw } : { allowed: 'the name of an environment variable' }), {
    pattern: VARIABLE.source,
    description: 'The environment variable that holds its key, or with _FILE behind its name the path of a file with it. Default: OPENAI_API_KEY, or no key if base_url is there',
  }),
  price: numberField(LIMITS.price, 'Dollars per million tokens, for the metrics'),
  concurrency: numberField(LIMITS.concurrency, 'The most calls at the same time; default OPENAI_CONCURRENCY'),
  timeout_ms: numberField(LIMITS.timeoutMs, 'The longest time to a vector, retries included; default OPENAI_TIMEOUT_MS'),
  max_retries: numberField(LIMITS.maxRetries, 'Default OPENAI_MAX_RETRIES'),
  max_inputs: numberField(LIMITS.maxInputs, 'The most texts of a call; default OPENAI_MAX_INPUTS'),
  max_call_tokens: numberField(LIMITS.maxCallTokens, 'The most tokens of a call; default OPENAI_MAX_CALL_TOKENS'),
  send_dimensions: flagField('Whether the model can be asked for a number of dimensions; default: as known of the model'),
};

/** The fields of a model. */
export function modelFields(machine: Machine) {
  return {
    name: textField(modelName, { ...NAME, description: "The name that callers use; default: the model's own" }),
    source: textField(modelSource(machine), {
      description: 'A bundled model, a folder, a hub id with or without @revision, or openai:MODEL',
      examples: ['all-MiniLM-L6-v2', 'BAAI/bge-small-en-v1.5@main', 'openai:text-embedding-3-small'],
    }),
    dtype: textField(weights, { description: `${DTYPES.join(', ')}, or an ONNX file of the model; default EMBEDDING_DTYPE` }),
    pooling: choiceField(POOLINGS, 'Default: as the files of the model say'),
    prompts: PROMPTS,
    dimensions: numberField(LIMITS.dimensions, 'The dimensions that you expect, or ask of a model that can give fewer'),
    max_tokens: numberField(LIMITS.maxTokens, 'Longer texts are cut; default: the most that the model reads'),
    check: textField(text, { description: 'A file of its vectors to compare with at every start, as EMBEDDING_CHECK; default for the first model: EMBEDDING_CHECK' }),
    check_cosine: numberField(LIMITS.cosine, 'The least cosine to them; default EMBEDDING_CHECK_COSINE'),
    aliases: listField(textField(modelName, NAME), 'Further names of the model'),
    weight: numberField(LIMITS.weight, 'Its share of the machine while other models have work too, relative to theirs; default 1'),
    load: choiceField(MODEL_LOADS, 'When it is loaded; default start'),
    keep_loaded_minutes: numberField(LIMITS.keepLoadedMinutes, 'How long it stays loaded without use; default: until the end'),
    provider: PROVIDER,
  };
}

/** The fields that only models of this machine have. */
export const LOCAL_FIELDS = ['dtype', 'pooling', 'weight', 'load', 'keep_loaded_minutes'] as const;

const PROMPTS: Field<Readonly<Record<string, string>>> = {
  schema: { type: 'object', additionalProperties: { type: 'string' }, description: 'Prompts by input type, instead of those of the model' },
  read: (value) => (arePrompts(value) ? { value } : { allowed: PROMPTS_ALLOWED }),
};

/** Its own fields are read apart, so that each fault has its place. */
const PROVIDER: Field<unknown> = {
  schema: { ...objectSchema(PROVIDER_FIELDS), description: 'Of an openai:MODEL: the service that computes it' },
  read: (value) => ({ value }),
};

const ANY_MACHINE: Machine = { cores: 1, memoryBytes: 0, isModelFolder: () => true, readFile: () => undefined };

/** The JSON Schema of MODELS_FILE: config/models.schema.json. */
export function modelsSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'MODELS_FILE of embedding-pipeline',
    type: 'object',
    required: ['models'],
    properties: {
      $schema: { type: 'string' },
      models: {
        type: 'array',
        minItems: 1,
        items: objectSchema(modelFields(ANY_MACHINE), ['source']),
        description: 'The models; the first is the default',
      },
    },
    additionalProperties: false,
  };
}
