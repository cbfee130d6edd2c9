import type { ApiKeySettings } from './api-keys.js';
import type { EmbeddingSettings, ModelAlias } from './embedding-settings.js';

/** The log levels of LOG_LEVEL, the quietest first. docs/decisions/0006-logging.md says what each means. */
export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Bounds of request bodies that are kept in memory while they arrive. */
export interface BodySettings {
  readonly maxBytes: number;
  readonly maxBytesPerCaller: number;
  /** The longest time without a byte. */
  readonly idleTimeoutMs: number;
}

/** The addresses and limits of the HTTP server, and how it stops. */
export interface ServerSettings {
  /** HTTP processes that share the port; 1 = this one alone. */
  readonly processes: number;
  readonly host: string;
  readonly port: number;
  /** The port of /metrics; undefined = `port`. */
  readonly metricsPort: number | undefined;
  /** Proxies that are trusted to set X-Forwarded-For: none, all, a number of hops, or these addresses. */
  readonly trustProxy: boolean | number | readonly string[];
  readonly shutdownTimeoutMs: number;
  /** Time from the signal, when the process says that it is not ready, until it takes no more requests. */
  readonly shutdownDelayMs: number;
  readonly requestTimeoutMs: number;
  readonly bodies: BodySettings;
  readonly maxConnections: number;
  readonly logLevel: LogLevel;
  readonly logRequests: boolean;
  /** A request for embeddings that takes as long or longer is logged as a warning; Infinity = none is. */
  readonly slowMs: number;
  /** Whether a process that cannot reach its Redis says that it is not ready. */
  readonly readyRequiresRedis: boolean;
}

/** The keys and their roles. */
export interface AuthSettings {
  /** The keys in API_KEYS. If there is no key at all, anybody may embed. */
  readonly apiKeys: readonly ApiKeySettings[];
  /** A file with further keys, which is read again when it changes, and the setting that names it. */
  readonly keysFile: { readonly path: string; readonly setting: 'API_KEYS' | 'API_KEYS_FILE' } | undefined;
  /** A key for the role admin, in plain text. */
  readonly adminKey: string | undefined;
  /** Where keys that admins create, and the use of all keys, are stored; undefined = this process needs neither. */
  readonly store: KeyStoreSettings | undefined;
}

export type KeyStoreSettings = QueueSettings['backend'];

/** Names and limits that requests may use. */
export interface OpenAiApiSettings {
  readonly modelAliases: readonly ModelAlias[];
  /** Sizes that `dimensions` may ask for, besides the known sizes of a model. */
  readonly allowedDimensions: readonly number[];
  readonly maxBodyBytes: number;
}

/** Which callers share cached vectors: all, or those of one key. */
export const CACHE_SCOPES = ['shared', 'key'] as const;
export type CacheScope = (typeof CACHE_SCOPES)[number];

export interface CacheSettings {
  readonly scope: CacheScope;
  /** Memory for vectors. With `renderedBytes` it makes CACHE_MEMORY_MB. */
  readonly memoryBytes: number;
  readonly renderedBytes: number;
  readonly ttlSeconds: number;
  /** The time that Redis has to answer; a later answer is a miss. */
  readonly timeoutMs: number;
  readonly redisUrl: string | undefined;
  /** The prefix of every key in Redis. */
  readonly redisKeyPrefix: string;
  /** Undefined = nothing is kept on the disk. Not used with Redis. */
  readonly disk: DiskCacheSettings | undefined;
}

export interface DiskCacheSettings {
  readonly folder: string;
  readonly maxBytes: number;
  /** Bytes of the disk that the cache leaves free, for jobs and files. */
  readonly reserveBytes: number;
  /** Whether the operator has set the folder. If so, the service does not start without it. */
  readonly isRequired: boolean;
}

export interface RateLimitSettings {
  /** 0 = no limit. */
  readonly requests: number;
  /** 0 = no limit. */
  readonly tokens: number;
  readonly windowSeconds: number;
  readonly redisUrl: string | undefined;
  /** The prefix of every key in Redis. */
  readonly redisKeyPrefix: string;
}

/** OpenAI's Files and Batches. They are kept where jobs are kept. */
export interface BatchSettings {
  /** The folder of files, if there is no Redis. */
  readonly folder: string;
  readonly maxFileBytes: number;
  /** The limit of all files together. */
  readonly maxTotalBytes: number;
  /** Gets a webhook when a batch has ended; undefined = none is sent. */
  readonly webhookUrl: string | undefined;
}

/** Jobs: where they are kept, which process does them, and how many there may be. */
export interface QueueSettings {
  readonly backend:
    | { readonly kind: 'embedded'; readonly folder: string }
    | { readonly kind: 'redis'; readonly url: string; readonly keyPrefix: string };
  /** Whether the process that serves HTTP does jobs too; without Redis it always does. */
  readonly worksInApi: boolean;
  /** The port on which a worker answers probes and scrapes; undefined = none. */
  readonly workerPort: number | undefined;
  /** Whether this process counts the texts that wait in the queue. Of several replicas, one does. */
  readonly countsWaiting: boolean;
  /** Chunks that one process works on at the same time. */
  readonly concurrency: number;
  /** How long a finished job is kept, and how long a job may take. */
  readonly ttlMs: number;
  /** Jobs that may be queued or active, of all keys together. */
  readonly maxOpenJobs: number;
  /** How much one key may have queued or active, unless it has limits of its own. */
  readonly sharePerKey: { readonly jobs: number; readonly texts: number };
  /** Limits of one job. */
  readonly maxTexts: number;
  readonly maxBytes: number;
  readonly webhooks: WebhookSettings;
}

export interface WebhookSettings {
  /** `whsec_` and base64, as Standard Webhooks defines it; undefined = no webhooks. */
  readonly secret: string | undefined;
  /** Whether webhooks may go to addresses that are not public. */
  readonly allowPrivate: boolean;
}

/** The receiver of traces. OpenTelemetry's packages read the other OTEL_ variables themselves. */
export interface TracingSettings {
  /** Without /v1/traces; undefined = nothing is traced. */
  readonly endpoint: string | undefined;
  readonly serviceName: string;
}

export interface Settings {
  readonly server: ServerSettings;
  readonly auth: AuthSettings;
  /** The settings of the first model, which is the default. */
  readonly embedding: EmbeddingSettings;
  /** The settings of all models, in their order. Limits of texts and of the queue are the same in all. */
  readonly models: readonly EmbeddingSettings[];
  readonly openAiApi: OpenAiApiSettings;
  readonly cache: CacheSettings;
  readonly rateLimit: RateLimitSettings;
  readonly queue: QueueSettings;
  readonly batches: BatchSettings;
  readonly tracing: TracingSettings;
}
