import type { ApiKeySettings } from './api-keys.js';

/** The log levels of LOG_LEVEL, the quietest first. What each means is in docs/decisions/0006-logging.md. */
export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Weight formats, by the names that repositories give to their files. */
export const DTYPES = ['auto', 'fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4', 'O1', 'O2', 'O3', 'O4'] as const;

export const POOLINGS = ['cls', 'mean', 'max', 'mean_sqrt_len', 'weightedmean', 'lasttoken'] as const;
export type Pooling = (typeof POOLINGS)[number];

/** Where the service listens and how it stops. */
/** Bounds of request bodies that are kept in memory while they come. */
export interface BodySettings {
  readonly maxBytes: number;
  readonly maxBytesPerCaller: number;
  /** The longest time without a byte. */
  readonly idleTimeoutMs: number;
}

export interface ServerSettings {
  /** HTTP processes that share the port; 1 = this one alone. */
  readonly processes: number;
  readonly host: string;
  readonly port: number;
  /** Where /metrics is instead of on `port`; undefined = there. */
  readonly metricsPort: number | undefined;
  /** Whose X-Forwarded-For is believed: nobody's, everybody's, that many hops, or these addresses. */
  readonly trustProxy: boolean | number | readonly string[];
  readonly shutdownTimeoutMs: number;
  /** Between the signal, from which on the process is not ready, and the end of taking requests. */
  readonly shutdownDelayMs: number;
  readonly requestTimeoutMs: number;
  readonly bodies: BodySettings;
  readonly maxConnections: number;
  readonly logLevel: LogLevel;
  readonly logRequests: boolean;
  /** Whether a process that cannot reach the Redis it is configured with says that it is not ready. */
  readonly readyRequiresRedis: boolean;
}

interface CommonEmbeddingSettings {
  /** What the operator expects, or wants of a model that can be asked for fewer; undefined = whatever the model has. */
  readonly dimensions: number | undefined;
  /** Longer texts are cut; undefined = what the model reads. */
  readonly maxTokens: number | undefined;
  /** Characters of a text on /embed, /embed/batch, in jobs and files: MAX_TEXT_LENGTH. */
  readonly maxTextLength: number;
  /** Characters of a text on the routes of other servers' dialects: MAX_TEXT_LENGTH where it is set, else what OpenAI takes. */
  readonly maxForeignTextLength: number;
  readonly maxQueuedTexts: number;
  /** By input type; undefined = the model's own. */
  readonly prompts: Readonly<Record<string, string>> | undefined;
  /** Vectors to compare with at the start; undefined = none. */
  readonly check: VectorCheckSettings | undefined;
}

export interface VectorCheckSettings {
  /** JSON lines of text and embedding. */
  readonly path: string;
  /** The start is refused if a vector's cosine to the one in the file is below this. */
  readonly leastCosine: number;
}

/** Vectors computed on this machine. */
export interface LocalEmbeddingSettings extends CommonEmbeddingSettings {
  readonly provider: 'local';
  /** A bundled name, a folder, or a hub id with or without `@revision`. */
  readonly model: string;
  /** A weight format, or the name of an ONNX file in the model's folder. */
  readonly dtype: string;
  /** undefined = as the model says. */
  readonly pooling: Pooling | undefined;
  readonly workers: number;
  readonly batchSize: number;
  /** For a run of 512 tokens; larger runs get more. */
  readonly inferenceTimeoutMs: number;
  /** By which an inference process may grow beyond its size after loading. */
  readonly workerMemoryBytes: number;
  readonly modelCacheDir: string;
  readonly offline: boolean;
  readonly hubUrl: string;
}

/** Vectors asked of OpenAI, or of whoever speaks its API. */
export interface OpenAiEmbeddingSettings extends CommonEmbeddingSettings {
  readonly provider: 'openai';
  /** undefined = calls go without one. */
  readonly apiKey: string | undefined;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly model: string;
  /** From the arrival of a text that somebody waits for, or the start of a background text's call, to its vector: retries included. */
  readonly timeoutMs: number;
  readonly maxRetries: number;
  /** Calls at the same time. */
  readonly concurrency: number;
  readonly maxInputsPerCall: number;
  readonly maxTokensPerCall: number;
  /** Whether the model can be asked for a number of dimensions; undefined = as is known of it. */
  readonly sendDimensions: boolean | undefined;
  /** undefined = as is known of the model. */
  readonly dollarsPerMillionTokens: number | undefined;
}

/** Who may do what. */
export interface AuthSettings {
  /** None = anybody may embed. */
  readonly apiKeys: readonly ApiKeySettings[];
  /** A key for the role admin, in plain text. */
  readonly adminKey: string | undefined;
}

/** What decides a vector, and what computes it. */
export type EmbeddingSettings = LocalEmbeddingSettings | OpenAiEmbeddingSettings;

/** What the OpenAI-compatible routes allow. */
export interface OpenAiApiSettings {
  /** Names under which the model answers besides its own. */
  readonly modelAliases: readonly string[];
  /** Sizes that `dimensions` may ask for besides those that are known of the model. */
  readonly allowedDimensions: readonly number[];
  readonly maxBodyBytes: number;
}

export interface CacheSettings {
  /** For vectors, and for what was written of them; together CACHE_MEMORY_MB. */
  readonly memoryBytes: number;
  readonly renderedBytes: number;
  readonly ttlSeconds: number;
  /** For an answer of Redis; later than that is a miss. */
  readonly timeoutMs: number;
  readonly redisUrl: string | undefined;
  /** What stands before every key in Redis. */
  readonly redisKeyPrefix: string;
  /** undefined = nothing is kept on the disk. Not used with Redis. */
  readonly disk: DiskCacheSettings | undefined;
}

export interface DiskCacheSettings {
  readonly folder: string;
  readonly maxBytes: number;
  /** Bytes of the disk that the cache leaves free, for jobs and files. */
  readonly reserveBytes: number;
  /** Whether the folder was asked for: then the service does not start without it. */
  readonly isRequired: boolean;
}

export interface RateLimitSettings {
  /** 0 = no limit. */
  readonly requests: number;
  /** 0 = no limit. */
  readonly tokens: number;
  readonly windowSeconds: number;
  readonly redisUrl: string | undefined;
  /** What stands before every key in Redis. */
  readonly redisKeyPrefix: string;
}

/** OpenAI's Files and Batches; kept where jobs are. */
export interface BatchSettings {
  /** Where files are without a Redis. */
  readonly folder: string;
  readonly maxFileBytes: number;
  /** Of all files together. */
  readonly maxTotalBytes: number;
  /** Who is told of batches that have ended; undefined = nobody. */
  readonly webhookUrl: string | undefined;
}

/** Jobs: who keeps and does them, and how much of them there may be. */
export interface QueueSettings {
  readonly backend:
    { readonly kind: 'embedded'; readonly folder: string } | { readonly kind: 'redis'; readonly url: string; readonly keyPrefix: string };
  /** Whether the process that serves HTTP does jobs too; without Redis it always does. */
  readonly worksInApi: boolean;
  /** Where a worker answers probes and scrapes; undefined = nowhere. */
  readonly workerPort: number | undefined;
  /** Whether this process counts what waits in the queue: one of those that serve together does. */
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
  /** whsec_ and base64, as Standard Webhooks has it; undefined = no webhooks. */
  readonly secret: string | undefined;
  /** Whether they may go to addresses that are not public. */
  readonly allowPrivate: boolean;
}

/** Where traces go, by the names that OpenTelemetry gives: the other OTEL_ variables are read by its packages. */
export interface TracingSettings {
  /** Without /v1/traces; undefined = nothing is traced. */
  readonly endpoint: string | undefined;
  readonly serviceName: string;
}

export interface Settings {
  readonly server: ServerSettings;
  readonly auth: AuthSettings;
  readonly embedding: EmbeddingSettings;
  readonly openAiApi: OpenAiApiSettings;
  readonly cache: CacheSettings;
  readonly rateLimit: RateLimitSettings;
  readonly queue: QueueSettings;
  readonly batches: BatchSettings;
  readonly tracing: TracingSettings;
}
