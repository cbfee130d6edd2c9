import { join } from 'node:path';
import { isBundledModel, BUNDLED_MODELS } from './bundled-models.js';
import { SettingsError } from './settings-error.js';
import {
  flag,
  integer,
  listOf,
  modelName,
  oneOf,
  secret,
  text,
  trustedProxies,
  url,
  webhookSecret,
  type Reader,
} from './setting-readers.js';
import { DTYPES, LOG_LEVELS, POOLINGS, type QueueSettings, type Settings } from './settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const HUB_ID = /^[\w-][\w.-]*\/[\w-][\w.-]*$/;
const BYTES_PER_MIB = 1024 * 1024;
/** A vector takes 1.5 KB and its JSON 4 KB, which is kept of the busiest vectors only. */
const RENDERED_SHARE = 0.25;
const A_DAY_MS = 86_400_000;

/** What parsing must ask of the machine. */
export interface Machine {
  readonly cores: number;
  isModelFolder(path: string): boolean;
}

class EnvironmentReader {
  readonly faults: string[] = [];

  constructor(private readonly environment: Environment) {}

  /** An empty value counts as unset, as Compose and Kubernetes pass it. */
  read<T, D>(name: string, reader: Reader<T>, fallback: D): T | D {
    const raw = this.environment[name]?.trim();
    if (raw === undefined || raw === '') return fallback;
    const result = reader(raw);
    if ('value' in result) return result.value;
    this.faults.push(`${name}=${isSecret(name) ? '***' : JSON.stringify(raw).slice(1, -1)} is not allowed: use ${result.allowed}`);
    return fallback;
  }
}

function isSecret(name: string): boolean {
  return /_KEYS?$/.test(name) || /(?:^|_)(?:REDIS_URL|SECRET)$/.test(name);
}

function modelReference(machine: Machine): Reader<string> {
  const allowed = `a bundled model (${BUNDLED_MODELS.join(', ')}), a folder with a config.json, or a hub id such as Xenova/all-MiniLM-L6-v2`;
  return (raw) => (isBundledModel(raw) || machine.isModelFolder(raw) || HUB_ID.test(raw) ? { value: raw } : { allowed });
}

function queueSettings(env: EnvironmentReader, redisUrl: string | undefined): QueueSettings {
  const queueUrl = env.read('QUEUE_REDIS_URL', url('redis:', 'rediss:'), redisUrl);
  const folder = join(env.read('DATA_DIR', text, './data'), 'jobs');
  const worksInApi = env.read('API_RUNS_JOBS', flag, true);
  return {
    backend: queueUrl === undefined ? { kind: 'embedded', folder } : { kind: 'redis', url: queueUrl },
    worksInApi: worksInApi || queueUrl === undefined,
    concurrency: env.read('QUEUE_CONCURRENCY', integer(1, 64, 'chunks'), 2),
    ttlMs: env.read('JOB_TTL', integer(1, 315_360_000, 'seconds'), 86_400) * 1000,
    maxOpenJobs: env.read('MAX_QUEUED_JOBS', integer(1, 1_000_000, 'jobs'), 1000),
    maxTexts: env.read('JOB_MAX_TEXTS', integer(1, 100_000_000, 'texts'), 1_000_000),
    maxBytes: env.read('JOB_MAX_MB', integer(1, 1_048_576, 'MiB'), 1024) * BYTES_PER_MIB,
    webhooks: {
      secret: env.read('WEBHOOK_SECRET', webhookSecret, undefined),
      allowPrivate: env.read('WEBHOOK_ALLOW_PRIVATE', flag, false),
    },
  };
}

/**
 * Turns environment variables into settings; the only place that knows their names.
 * Throws a SettingsError with one line per fault. Units and defaults: .env.example.
 */
export function parseSettings(environment: Environment, machine: Machine): Settings {
  const env = new EnvironmentReader(environment);
  const redisUrl = env.read('REDIS_URL', url('redis:', 'rediss:'), undefined);
  const memoryMib = env.read('CACHE_MEMORY_MB', integer(1, 1_048_576, 'MiB'), 256);
  const settings: Settings = {
    server: {
      host: env.read('API_HOST', text, '0.0.0.0'),
      port: env.read('API_PORT', integer(0, 65_535), 8000),
      trustProxy: env.read('TRUST_PROXY', trustedProxies, false),
      shutdownTimeoutMs: env.read('SHUTDOWN_TIMEOUT_MS', integer(100, 3_600_000, 'milliseconds'), 25_000),
      logLevel: env.read('LOG_LEVEL', oneOf(...LOG_LEVELS), 'info'),
      adminKey: env.read('ADMIN_KEY', secret(16), undefined),
      readyRequiresRedis: env.read('READY_REQUIRES_REDIS', flag, true),
    },
    embedding: {
      provider: env.read('EMBEDDING_PROVIDER', oneOf('local'), 'local'),
      model: env.read('EMBEDDING_MODEL', modelReference(machine), 'all-MiniLM-L6-v2'),
      dimensions: env.read('EMBEDDING_DIM', integer(1, 65_536), undefined),
      dtype: env.read('EMBEDDING_DTYPE', oneOf(...DTYPES), 'auto'),
      pooling: env.read('EMBEDDING_POOLING', oneOf(...POOLINGS), 'mean'),
      maxTokens: env.read('EMBEDDING_MAX_TOKENS', integer(3, 1_000_000, 'tokens'), undefined),
      maxTextLength: env.read('MAX_TEXT_LENGTH', integer(1, 1_000_000, 'characters'), 10_000),
      workers: env.read('EMBEDDING_WORKERS', integer(1, 256), machine.cores),
      batchSize: env.read('BATCH_SIZE', integer(1, 1024, 'texts'), 32),
      maxQueuedTexts: env.read('MAX_QUEUED_TEXTS', integer(100, 10_000_000, 'texts'), 4096),
      inferenceTimeoutMs: env.read('INFERENCE_TIMEOUT_MS', integer(100, A_DAY_MS, 'milliseconds'), 10_000),
      workerMemoryBytes: env.read('WORKER_MEMORY_MB', integer(64, 1_048_576, 'MiB'), 1024) * BYTES_PER_MIB,
      modelCacheDir: env.read('MODEL_CACHE_DIR', text, './data/models'),
      offline: env.read('HF_HUB_OFFLINE', flag, false),
      hubUrl: env.read('HF_ENDPOINT', url('https:', 'http:'), 'https://huggingface.co'),
    },
    openAiApi: {
      modelAliases: env.read('MODEL_ALIASES', listOf(modelName), []),
      allowedDimensions: env.read('ALLOWED_DIMENSIONS', listOf(integer(1, 65_536)), []),
      maxBodyBytes: env.read('MAX_BODY_MB', integer(1, 512, 'MiB'), 32) * BYTES_PER_MIB,
    },
    cache: {
      memoryBytes: memoryMib * BYTES_PER_MIB * (1 - RENDERED_SHARE),
      renderedBytes: memoryMib * BYTES_PER_MIB * RENDERED_SHARE,
      timeoutMs: env.read('CACHE_TIMEOUT_MS', integer(1, 500, 'milliseconds'), 50),
      ttlSeconds: env.read('CACHE_TTL', integer(1, 315_360_000, 'seconds'), 86_400),
      redisUrl,
    },
    rateLimit: {
      requests: env.read('RATE_LIMIT_REQUESTS', integer(0, 1_000_000), 100),
      windowSeconds: env.read('RATE_LIMIT_WINDOW', integer(1, 86_400, 'seconds'), 60),
      redisUrl,
    },
    queue: queueSettings(env, redisUrl),
  };
  if (env.faults.length > 0) throw new SettingsError(env.faults);
  return settings;
}
