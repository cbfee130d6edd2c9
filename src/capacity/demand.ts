/** What is asked of the service, on average over its busiest minute, and of what it is built. */
export interface Demand {
  /** A second. */
  readonly requests: number;
  readonly textsPerRequest: number;
  /** The share of texts whose vector is in the cache, 0 to 1. */
  readonly hitRate: number;
  /** Of a text, on average. */
  readonly tokens: number;
  /** Callers that share the requests evenly. */
  readonly keys: number;
  /** Vectors in the cache; undefined = those that are computed within CACHE_TTL. */
  readonly stored?: number | undefined;
  readonly dimensions: number;
  readonly coresPerMachine: number;
  /** CPU milliseconds of inference for a token; undefined = the bundled model's. */
  readonly modelCost?: number | undefined;
}

/** Defaults of settings, as .env.example has them. */
export const SETTINGS = { cacheMemoryMebibytes: 256, cacheTtlSeconds: 86_400, windowSeconds: 60 } as const;

/** RATE_LIMIT_REQUESTS can be no higher. */
export const HIGHEST_LIMIT = 1_000_000;
