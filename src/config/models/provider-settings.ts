import type { LocalEmbeddingSettings, OpenAiEmbeddingSettings, VectorCheckSettings } from '../embedding-settings.js';
import { POOLINGS } from '../embedding-settings.js';
import type { EnvironmentReader } from '../environment-reader.js';
import type { Machine } from '../machine.js';
import { BYTES_PER_MIB, baseUrl, cosine, flag, headerValue, integer, oneOf, text, url } from '../setting-readers.js';
import { LIMITS } from './model-limits.js';
import { modelReference, promptTexts, weights } from './model-readers.js';
import { CHECK_VARIABLES, NAMES_OF_ONE } from './setting-names.js';

/** Settings of the environment for each kind of provider; several models differ from them in what their list or file says. */
export interface ProviderSettings {
  readonly local: LocalEmbeddingSettings;
  readonly openai: OpenAiEmbeddingSettings;
}

export const DEFAULT_MODELS = { local: 'all-MiniLM-L6-v2', openai: 'text-embedding-3-small' } as const;
export const OPENAI_URL = 'https://api.openai.com/v1';

const A_DAY_MS = 86_400_000;
/** Tokens of a text at OpenAI (https://platform.openai.com/docs/guides/embeddings). */
const OPENAI_TOKENS = 8192;

/** Reads the settings of every provider, so that a fault is found before its provider is chosen. */
export function parseProviderSettings(env: EnvironmentReader, machine: Machine): ProviderSettings {
  const common = commonSettings(env);
  return {
    local: {
      ...common,
      names: NAMES_OF_ONE.local,
      provider: 'local',
      model: env.read('EMBEDDING_MODEL', modelReference(machine), DEFAULT_MODELS.local),
      dtype: env.read('EMBEDDING_DTYPE', weights, 'auto'),
      pooling: env.read('EMBEDDING_POOLING', oneOf(...POOLINGS), undefined),
      workers: env.read('EMBEDDING_WORKERS', integer(1, 256), undefined),
      cores: machine.cores,
      memoryBytes: machine.memoryBytes,
      load: 'start',
      keepLoadedMinutes: undefined,
      weight: 1,
      batchSize: env.read('BATCH_SIZE', integer(1, 1024, 'texts'), 32),
      inferenceTimeoutMs: env.read('INFERENCE_TIMEOUT_MS', integer(100, A_DAY_MS, 'milliseconds'), 10_000),
      workerMemoryBytes: env.read('WORKER_MEMORY_MB', integer(1, 1_048_576, 'MiB'), 1024) * BYTES_PER_MIB,
      modelCacheDir: env.read('MODEL_CACHE_DIR', text, './data/models'),
      offline: env.read('HF_HUB_OFFLINE', flag, false),
      hubUrl: env.read('HF_ENDPOINT', url('https:', 'http:'), 'https://huggingface.co'),
    },
    openai: {
      ...common,
      names: NAMES_OF_ONE.openai,
      provider: 'openai',
      apiKey: env.readSecret('OPENAI_API_KEY', headerValue, undefined),
      baseUrl: env.read('OPENAI_BASE_URL', baseUrl, OPENAI_URL),
      model: env.read('OPENAI_MODEL', text, DEFAULT_MODELS.openai),
      timeoutMs: env.read('OPENAI_TIMEOUT_MS', LIMITS.timeoutMs.reader, 30_000),
      maxRetries: env.read('OPENAI_MAX_RETRIES', LIMITS.maxRetries.reader, 3),
      concurrency: env.read('OPENAI_CONCURRENCY', LIMITS.concurrency.reader, 8),
      maxInputsPerCall: env.read('OPENAI_MAX_INPUTS', LIMITS.maxInputs.reader, 512),
      maxTokensPerCall: env.read('OPENAI_MAX_CALL_TOKENS', LIMITS.maxCallTokens.reader, 300_000),
      sendDimensions: env.read('OPENAI_SEND_DIMENSIONS', flag, undefined),
      dollarsPerMillionTokens: env.read('OPENAI_PRICE', LIMITS.price.reader, undefined),
    },
  };
}

function commonSettings(env: EnvironmentReader) {
  const maxTextLength = env.read('MAX_TEXT_LENGTH', integer(1, 1_000_000, 'characters'), undefined);
  return {
    name: undefined,
    aliases: [],
    dimensions: env.read('EMBEDDING_DIM', LIMITS.dimensions.reader, undefined),
    maxTokens: env.read('EMBEDDING_MAX_TOKENS', LIMITS.maxTokens.reader, undefined),
    maxTextLength: maxTextLength ?? 10_000,
    maxDocumentLength: env.read('MAX_DOCUMENT_LENGTH', integer(1, 10_000_000, 'characters'), 1_000_000),
    maxForeignTextLength: maxTextLength ?? 100_000,
    maxTokenIds: maxTextLength === undefined ? OPENAI_TOKENS : undefined,
    maxQueuedTexts: env.read('MAX_QUEUED_TEXTS', integer(100, 10_000_000, 'texts'), 4096),
    prompts: env.read('EMBEDDING_PROMPTS', promptTexts, undefined),
    check: vectorCheck(env),
  };
}

function vectorCheck(env: EnvironmentReader): VectorCheckSettings {
  return {
    path: env.read(CHECK_VARIABLES.path, text, undefined),
    leastCosine: env.read(CHECK_VARIABLES.leastCosine, cosine, 0.999),
    names: CHECK_VARIABLES,
  };
}
