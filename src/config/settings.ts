import type { ApiKeySettings } from './api-keys.js';

/** The log levels of LOG_LEVEL, the quietest first. docs/decisions/0006-logging.md says what each means. */
export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Weight formats, by the names that repositories give to their files. */
export const DTYPES = ['auto', 'fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4', 'O1', 'O2', 'O3', 'O4'] as const;

export const POOLINGS = ['cls', 'mean', 'max', 'mean_sqrt_len', 'weightedmean', 'lasttoken'] as const;
export type Pooling = (typeof POOLINGS)[number];

/** Bounds of request bodies that are kept in memory while they arrive. */
export interface BodySettings {
  readonly maxBytes: number;
  readonly maxBytesPerCaller: number;
  /** The longest time without a byte. */
  readonly idleTimeoutMs: number;
}

/** Where the service listens and how it stops. */
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

interface CommonEmbeddingSettings {
  /** The dimensions that the operator expects, or asks of a model that can give fewer; undefined = those of the model. */
  readonly dimensions: number | undefined;
  /** Longer texts are cut; undefined = the most that the model reads. */
  readonly maxTokens: number | undefined;
  /** Characters of a text on /embed, /embed/batch, in jobs and files: MAX_TEXT_LENGTH. */
  readonly maxTextLength: number;
  /** Characters of a document that a job cuts into chunks: MAX_DOCUMENT_LENGTH. */
  readonly maxDocumentLength: number;
  /** Characters of a text on the routes of other servers' dialects: MAX_TEXT_LENGTH where it is set, else what OpenAI takes. */
  readonly maxForeignTextLength: number;
  /**
   * The most token ids of a text that comes as token ids, however many characters they stand for; undefined =
   * MAX_TEXT_LENGTH is set, and limits these texts too.
   */
  readonly maxTokenIds: number | undefined;
  readonly maxQueuedTexts: number;
  /** By input type; undefined = the model's own. */
  readonly prompts: Readonly<Record<string, string>> | undefined;
  readonly check: VectorCheckSettings;
}

export interface VectorCheckSettings {
  /** JSON lines of text and embedding, to compare with at the start; undefined = none. */
  readonly path: string | undefined;
  /** The start is refused if a vector's cosine to the one in the file is below this. */
  readonly leastCosine: number;
}

/** Settings of vectors that are computed on this machine. */
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

/** Settings of vectors that are asked of OpenAI, or of another service with its API. */
export interface OpenAiEmbeddingSettings extends CommonEmbeddingSettings {
  readonly provider: 'openai';
  /** Undefined = calls are sent without a key. */
  readonly apiKey: string | undefined;
  /** Ends without a slash. */
  readonly baseUrl: string;
  readonly model: string;
  /** The longest time to a vector, retries included. It counts from the arrival of a text, and of a background text from the start of its call. */
  readonly timeoutMs: number;
  readonly maxRetries: number;
  /** The most calls at the same time. */
  readonly concurrency: number;
  readonly maxInputsPerCall: number;
  readonly maxTokensPerCall: number;
  /** Whether the model can be asked for a number of dimensions; undefined = as known-models.ts says. */
  readonly sendDimensions: boolean | undefined;
  /** Undefined = the price in known-models.ts. */
  readonly dollarsPerMillionTokens: number | undefined;
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

/** Decides what a vector is, and what computes it. */
export type EmbeddingSettings = LocalEmbeddingSettings | OpenAiEmbeddingSettings;

/** Limits of the OpenAI-compatible routes. */
export interface OpenAiApiSettings {
  /** Further names of the model. */
  readonly modelAliases: readonly string[];
  /** Sizes that `dimensions` may ask for, besides the known sizes of the model. */
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

/** Where traces are sent. OpenTelemetry's packages read the other OTEL_ variables themselves. */
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
