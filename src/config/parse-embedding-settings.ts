import { BUNDLED_MODELS, isBundledModel } from './bundled-models.js';
import type { EnvironmentReader } from './environment-reader.js';
import { BYTES_PER_MIB, amount, baseUrl, cosine, flag, headerValue, integer, oneOf, text, url, type Reader } from './setting-readers.js';
import {
  DTYPES,
  POOLINGS,
  type EmbeddingSettings,
  type LocalEmbeddingSettings,
  type OpenAiEmbeddingSettings,
  type VectorCheckSettings,
} from './settings.js';

/** The facts about the machine that parsing needs. */
export interface Machine {
  readonly cores: number;
  isModelFolder(path: string): boolean;
  /** Undefined = it cannot be read. */
  readFile(path: string): string | undefined;
}

const HUB_ID = /^[\w-][\w.-]*\/[\w-][\w.-]*(?:@[\w-][\w./-]*)?$/;
const A_DAY_MS = 86_400_000;
const OPENAI_URL = 'https://api.openai.com/v1';

function modelReference(machine: Machine): Reader<string> {
  const allowed = `a bundled model (${BUNDLED_MODELS.join(', ')}), a folder with a config.json, or a hub id such as Xenova/all-MiniLM-L6-v2, with @revision where one is wanted`;
  return (raw) => (isBundledModel(raw) || machine.isModelFolder(raw) || HUB_ID.test(raw) ? { value: raw } : { allowed });
}

/** A weight format, or the ONNX file itself, relative to the model's folder. */
const weights: Reader<string> = (raw) => {
  const isFile = /^[\w./-]+\.onnx$/.test(raw) && !raw.split('/').includes('..') && !raw.startsWith('/');
  return isFile || DTYPES.some((dtype) => dtype === raw)
    ? { value: raw }
    : { allowed: `${DTYPES.join(', ')}, or an ONNX file of the model such as onnx/model_O4.onnx` };
};

const promptTexts: Reader<Readonly<Record<string, string>>> = (raw) => {
  const allowed = 'a JSON object of texts by input type, such as {"query": "query: ", "document": "passage: "}';
  try {
    const value: unknown = JSON.parse(raw);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && Object.values(value).every((prompt) => typeof prompt === 'string')
      ? { value: value as Record<string, string> }
      : { allowed };
  } catch {
    return { allowed };
  }
};

function vectorCheck(env: EnvironmentReader): VectorCheckSettings {
  return { path: env.read('EMBEDDING_CHECK', text, undefined), leastCosine: env.read('EMBEDDING_CHECK_COSINE', cosine, 0.999) };
}

/** Tokens of a text at OpenAI (https://platform.openai.com/docs/guides/embeddings). */
const OPENAI_TOKENS = 8192;

/** Reads the settings of every provider, so that a fault is found before its provider is chosen; returns those of the chosen one. */
export function parseEmbeddingSettings(env: EnvironmentReader, machine: Machine): EmbeddingSettings {
  const maxTextLength = env.read('MAX_TEXT_LENGTH', integer(1, 1_000_000, 'characters'), undefined);
  const common = {
    dimensions: env.read('EMBEDDING_DIM', integer(1, 65_536), undefined),
    maxTokens: env.read('EMBEDDING_MAX_TOKENS', integer(3, 1_000_000, 'tokens'), undefined),
    maxTextLength: maxTextLength ?? 10_000,
    maxDocumentLength: env.read('MAX_DOCUMENT_LENGTH', integer(1, 10_000_000, 'characters'), 1_000_000),
    maxForeignTextLength: maxTextLength ?? 100_000,
    maxTokenIds: maxTextLength === undefined ? OPENAI_TOKENS : undefined,
    maxQueuedTexts: env.read('MAX_QUEUED_TEXTS', integer(100, 10_000_000, 'texts'), 4096),
    prompts: env.read('EMBEDDING_PROMPTS', promptTexts, undefined),
    check: vectorCheck(env),
  };
  const local: LocalEmbeddingSettings = {
    ...common,
    provider: 'local',
    model: env.read('EMBEDDING_MODEL', modelReference(machine), 'all-MiniLM-L6-v2'),
    dtype: env.read('EMBEDDING_DTYPE', weights, 'auto'),
    pooling: env.read('EMBEDDING_POOLING', oneOf(...POOLINGS), undefined),
    workers: env.read('EMBEDDING_WORKERS', integer(1, 256), machine.cores),
    batchSize: env.read('BATCH_SIZE', integer(1, 1024, 'texts'), 32),
    inferenceTimeoutMs: env.read('INFERENCE_TIMEOUT_MS', integer(100, A_DAY_MS, 'milliseconds'), 10_000),
    workerMemoryBytes: env.read('WORKER_MEMORY_MB', integer(1, 1_048_576, 'MiB'), 1024) * BYTES_PER_MIB,
    modelCacheDir: env.read('MODEL_CACHE_DIR', text, './data/models'),
    offline: env.read('HF_HUB_OFFLINE', flag, false),
    hubUrl: env.read('HF_ENDPOINT', url('https:', 'http:'), 'https://huggingface.co'),
  };
  const openai: OpenAiEmbeddingSettings = {
    ...common,
    provider: 'openai',
    apiKey: env.readSecret('OPENAI_API_KEY', headerValue, undefined),
    baseUrl: env.read('OPENAI_BASE_URL', baseUrl, OPENAI_URL),
    model: env.read('OPENAI_MODEL', text, 'text-embedding-3-small'),
    timeoutMs: env.read('OPENAI_TIMEOUT_MS', integer(100, 300_000, 'milliseconds'), 30_000),
    maxRetries: env.read('OPENAI_MAX_RETRIES', integer(0, 20), 3),
    concurrency: env.read('OPENAI_CONCURRENCY', integer(1, 256, 'calls'), 8),
    maxInputsPerCall: env.read('OPENAI_MAX_INPUTS', integer(1, 2048, 'texts'), 512),
    maxTokensPerCall: env.read('OPENAI_MAX_CALL_TOKENS', integer(1, 10_000_000, 'tokens'), 300_000),
    sendDimensions: env.read('OPENAI_SEND_DIMENSIONS', flag, undefined),
    dollarsPerMillionTokens: env.read('OPENAI_PRICE', amount(1_000_000, 'dollars per million tokens'), undefined),
  };
  if (chosenProvider(env) === 'local') return local;
  if (openai.apiKey === undefined && openai.baseUrl === OPENAI_URL)
    env.faults.push(`OPENAI_API_KEY is missing: ${OPENAI_URL} needs one; or set OPENAI_BASE_URL`);
  return openai;
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
