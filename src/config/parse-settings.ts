import { join } from 'node:path';
import { EnvironmentReader, type Environment } from './environment-reader.js';
import { parseAuthSettings } from './parse-auth-settings.js';
import { parseBatchSettings } from './parse-batch-settings.js';
import { parseQueueSettings } from './parse-queue-settings.js';
import type { Machine } from './machine.js';
import { parseModelSettings } from './models/parse-model-settings.js';
import { misspeltSettings } from './misspelt-settings.js';
import { SettingsError } from './settings-error.js';
import {
  BYTES_PER_MIB,
  flag,
  integer,
  keyPrefix,
  listOf,
  modelAlias,
  oneOf,
  redisUrl as redisUrlReader,
  text,
  trustedProxies,
  url,
} from './setting-readers.js';
import { CACHE_SCOPES, LOG_LEVELS, type BodySettings, type DiskCacheSettings, type Settings, type TracingSettings } from './settings.js';

/** The share of the memory for the JSON of vectors. A vector takes 1.5 KB and its JSON 4 KB, so JSON is kept of the busiest vectors only. */
const RENDERED_SHARE = 0.25;

function diskCache(env: EnvironmentReader, dataDir: string): DiskCacheSettings | undefined {
  const folder = env.read('CACHE_DIR', text, undefined);
  const maxBytes = env.read('CACHE_DISK_MB', integer(1, 16_777_216, 'MiB'), 512) * BYTES_PER_MIB;
  const reserveBytes = env.read('DISK_RESERVE_MB', integer(0, 16_777_216, 'MiB'), 1024) * BYTES_PER_MIB;
  if (folder === 'off') return undefined;
  return { folder: folder ?? join(dataDir, 'cache'), maxBytes, reserveBytes, isRequired: folder !== undefined };
}

/** One caller may take half of the memory, so that others always have the other half. */
function bodySettings(env: EnvironmentReader): BodySettings {
  const maxBytes = env.read('MAX_BODIES_MB', integer(2, 1_048_576, 'MiB'), 256) * BYTES_PER_MIB;
  const idleTimeoutMs = env.read('BODY_IDLE_TIMEOUT_MS', integer(100, 3_600_000, 'milliseconds'), 15_000);
  return { maxBytes, maxBytesPerCaller: maxBytes / 2, idleTimeoutMs };
}

/**
 * Turns environment variables into settings. Only the files of this folder know the names of variables.
 * Throws a SettingsError with one line per fault, and warns of each variable that looks like a misspelt setting. .env.example has the units and defaults.
 */
export function parseSettings(environment: Environment, machine: Machine, warn: (line: string) => void = () => undefined): Settings {
  const env = new EnvironmentReader(environment, (path) => machine.readFile(path));
  const redisUrl = env.readSecret('REDIS_URL', redisUrlReader, undefined);
  const redisKeyPrefix = env.read('REDIS_KEY_PREFIX', keyPrefix, '');
  const dataDir = env.read('DATA_DIR', text, './data');
  const memoryMib = env.read('CACHE_MEMORY_MB', integer(1, 1_048_576, 'MiB'), 256);
  const models = parseModelSettings(env, machine);
  const queue = parseQueueSettings(env, { redisUrl, redisKeyPrefix, dataDir });
  const settings: Settings = {
    server: {
      host: env.read('API_HOST', text, '0.0.0.0'),
      port: env.read('API_PORT', integer(0, 65_535), 8000),
      metricsPort: env.read('METRICS_PORT', integer(1, 65_535), undefined),
      processes: env.read('WEB_CONCURRENCY', integer(1, 256), 1),
      trustProxy: env.read('TRUST_PROXY', trustedProxies, false),
      shutdownTimeoutMs: env.read('SHUTDOWN_TIMEOUT_MS', integer(100, 3_600_000, 'milliseconds'), 25_000),
      shutdownDelayMs: env.read('SHUTDOWN_DELAY_MS', integer(0, 600_000, 'milliseconds'), 0),
      requestTimeoutMs: env.read('REQUEST_TIMEOUT_MS', integer(1_000, 86_400_000, 'milliseconds'), 300_000),
      bodies: bodySettings(env),
      maxConnections: env.read('MAX_CONNECTIONS', integer(10, 1_000_000), 10_000),
      logLevel: env.read('LOG_LEVEL', oneOf(...LOG_LEVELS), 'info'),
      logRequests: env.read('LOG_REQUESTS', flag, true),
      slowMs: env.read('SLOW_REQUEST_MS', integer(0, 3_600_000, 'milliseconds'), 0) || Infinity,
      readyRequiresRedis: env.read('READY_REQUIRES_REDIS', flag, true),
    },
    auth: parseAuthSettings(env, { machine, dataDir, backend: queue.backend }),
    embedding: models[0],
    models,
    openAiApi: {
      modelAliases: env.read('MODEL_ALIASES', listOf(modelAlias), []),
      allowedDimensions: env.read('ALLOWED_DIMENSIONS', listOf(integer(1, 65_536)), []),
      maxBodyBytes: env.read('MAX_BODY_MB', integer(1, 512, 'MiB'), 32) * BYTES_PER_MIB,
    },
    cache: {
      memoryBytes: memoryMib * BYTES_PER_MIB * (1 - RENDERED_SHARE),
      renderedBytes: memoryMib * BYTES_PER_MIB * RENDERED_SHARE,
      scope: env.read('CACHE_SCOPE', oneOf(...CACHE_SCOPES), 'shared'),
      timeoutMs: env.read('CACHE_TIMEOUT_MS', integer(1, 500, 'milliseconds'), 50),
      ttlSeconds: env.read('CACHE_TTL', integer(1, 315_360_000, 'seconds'), 86_400),
      redisUrl,
      redisKeyPrefix,
      disk: diskCache(env, dataDir),
    },
    rateLimit: {
      requests: env.read('RATE_LIMIT_REQUESTS', integer(0, 1_000_000), 100),
      tokens: env.read('RATE_LIMIT_TOKENS', integer(0, 999_999_999, 'tokens'), 0),
      windowSeconds: env.read('RATE_LIMIT_WINDOW', integer(1, 86_400, 'seconds'), 60),
      redisUrl,
      redisKeyPrefix,
    },
    queue,
    batches: parseBatchSettings(env, dataDir),
    tracing: tracing(env),
  };
  if (settings.server.metricsPort === settings.server.port)
    env.faults.push(
      `METRICS_PORT=${settings.server.port} is not allowed: API_PORT is the same; leave METRICS_PORT out to have /metrics there`,
    );
  if (settings.openAiApi.maxBodyBytes > settings.server.bodies.maxBytesPerCaller)
    env.faults.push('MAX_BODIES_MB is too small: it must be at least twice MAX_BODY_MB, because one caller may use half of it');
  if (settings.server.processes > 1 && !env.isGiven('REDIS_URL'))
    env.faults.push(
      `WEB_CONCURRENCY=${settings.server.processes} cannot be used without REDIS_URL, through which the processes share the cache, ` +
        'the limits and the jobs: start a Redis (redis-server, or docker run -p 6379:6379 redis) and set REDIS_URL=redis://127.0.0.1:6379',
    );
  if (settings.batches.webhookUrl !== undefined && settings.queue.webhooks.secret === undefined)
    env.faults.push('BATCH_WEBHOOK_URL cannot be used without WEBHOOK_SECRET, which messages are signed with: set both');
  for (const line of misspeltSettings(Object.keys(environment), env.names)) warn(line);
  if (env.faults.length > 0) throw new SettingsError(env.faults);
  return settings;
}

function tracing(env: EnvironmentReader): TracingSettings {
  const endpoint = env.read('OTEL_EXPORTER_OTLP_ENDPOINT', url('http:', 'https:'), undefined)?.replace(/\/+$/, '');
  const isDisabled = env.read('OTEL_SDK_DISABLED', flag, false);
  return { endpoint: isDisabled ? undefined : endpoint, serviceName: env.read('OTEL_SERVICE_NAME', text, 'embedding-pipeline') };
}
