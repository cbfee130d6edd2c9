import type { ApiKeySettings } from './api-keys.js';
import { faultsOf, HASH, parse } from './machine.fake.js';
import { CHECK_VARIABLES, NAMES_OF_ONE } from './models/setting-names.js';

const WEBHOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const MIB = 1024 * 1024;
const DEFAULT_DISK = { folder: 'data/cache', maxBytes: 512 * MIB, reserveBytes: 1024 * MIB, isRequired: false };

function key(parts: Partial<ApiKeySettings>): ApiKeySettings {
  return { name: 'search', hash: HASH, role: 'client', requests: undefined, tokens: undefined, ...parts };
}

describe('parseSettings', () => {
  it('needs nothing: the bundled model, embedded stores, port 8000', () => {
    const settings = parse();
    expect(settings.models).toEqual([settings.embedding]);
    expect(settings).toEqual({
      models: expect.anything(),
      server: {
        host: '0.0.0.0',
        port: 8000,
        metricsPort: undefined,
        processes: 1,
        trustProxy: false,
        shutdownTimeoutMs: 25_000,
        shutdownDelayMs: 0,
        requestTimeoutMs: 300_000,
        bodies: { maxBytes: 256 * MIB, maxBytesPerCaller: 128 * MIB, idleTimeoutMs: 15_000 },
        maxConnections: 10_000,
        logLevel: 'info',
        logRequests: true,
        slowMs: Infinity,
        readyRequiresRedis: true,
      },
      auth: { apiKeys: [], keysFile: undefined, adminKey: undefined, store: { kind: 'embedded', folder: 'data/keys' } },
      embedding: {
        names: NAMES_OF_ONE.local,
        provider: 'local',
        aliases: [],
        load: 'start',
        weight: 1,
        model: 'all-MiniLM-L6-v2',
        dimensions: undefined,
        dtype: 'auto',
        pooling: undefined,
        prompts: undefined,
        check: { path: undefined, leastCosine: 0.999, names: CHECK_VARIABLES },
        maxTokens: undefined,
        maxTextLength: 10_000,
        maxDocumentLength: 1_000_000,
        maxForeignTextLength: 100_000,
        maxTokenIds: 8192,
        workers: undefined,
        cores: 6,
        memoryBytes: 8 * 2 ** 30,
        batchSize: 32,
        maxQueuedTexts: 4096,
        inferenceTimeoutMs: 10_000,
        workerMemoryBytes: 1024 * 1024 * 1024,
        modelCacheDir: './data/models',
        offline: false,
        hubUrl: 'https://huggingface.co',
      },
      openAiApi: { modelAliases: [], allowedDimensions: [], maxBodyBytes: 32 * MIB },
      cache: {
        memoryBytes: 192 * MIB,
        renderedBytes: 64 * MIB,
        ttlSeconds: 86_400,
        timeoutMs: 50,
        redisUrl: undefined,
        redisKeyPrefix: '',
        scope: 'shared',
        disk: DEFAULT_DISK,
      },
      rateLimit: { requests: 100, tokens: 0, windowSeconds: 60, redisUrl: undefined, redisKeyPrefix: '' },
      batches: { folder: 'data/files', maxFileBytes: 512 * MIB, maxTotalBytes: 10_240 * MIB, webhookUrl: undefined },
      queue: {
        backend: { kind: 'embedded', folder: 'data/jobs' },
        worksInApi: true,
        workerPort: undefined,
        countsWaiting: true,
        concurrency: 2,
        ttlMs: 86_400_000,
        maxOpenJobs: 1000,
        maxTexts: 1_000_000,
        sharePerKey: { jobs: 250, texts: 2_000_000 },
        maxBytes: 1024 * MIB,
        webhooks: { secret: undefined, allowPrivate: false },
      },
      tracing: { endpoint: undefined, serviceName: 'embedding-pipeline' },
    });
  });

  it.each([
    ['API_HOST', '127.0.0.1', { server: { host: '127.0.0.1' } }],
    ['API_PORT', '0', { server: { port: 0 } }],
    ['MAX_TEXT_LENGTH', '500', { embedding: { maxTextLength: 500, maxForeignTextLength: 500, maxTokenIds: undefined } }],
    ['MAX_DOCUMENT_LENGTH', '500', { embedding: { maxDocumentLength: 500 } }],
    ['TRUST_PROXY', 'true', { server: { trustProxy: true } }],
    ['TRUST_PROXY', 'false', { server: { trustProxy: false } }],
    ['TRUST_PROXY', '1', { server: { trustProxy: 1 } }],
    ['TRUST_PROXY', 'loopback, 10.0.0.0/8,fd00::/8', { server: { trustProxy: ['loopback', '10.0.0.0/8', 'fd00::/8'] } }],
    ['SHUTDOWN_TIMEOUT_MS', '5000', { server: { shutdownTimeoutMs: 5000 } }],
    ['LOG_LEVEL', 'debug', { server: { logLevel: 'debug' } }],
    ['SHUTDOWN_DELAY_MS', '5000', { server: { shutdownDelayMs: 5000 } }],
    ['LOG_REQUESTS', 'false', { server: { logRequests: false } }],
    ['SLOW_REQUEST_MS', '250', { server: { slowMs: 250 } }],
    ['READY_REQUIRES_REDIS', 'false', { server: { readyRequiresRedis: false } }],
    ['ADMIN_KEY', 'sixteen letters!', { auth: { adminKey: 'sixteen letters!' } }],
    ['API_KEYS', `search:${HASH}`, { auth: { apiKeys: [key({})] } }],
    ['API_KEYS', `search:${HASH.toUpperCase()}:admin:5:600`, { auth: { apiKeys: [key({ role: 'admin', requests: 5, tokens: 600 })] } }],
    ['API_KEYS', `search:${HASH}::::4:900`, { auth: { apiKeys: [key({ queuedJobs: 4, queuedTexts: 900 })] } }],
    ['API_KEYS', `search:${HASH}:::0`, { auth: { apiKeys: [key({ tokens: 0 })] } }],
    ['API_KEYS', '/run/secrets/keys', { auth: { apiKeys: [], keysFile: { path: '/run/secrets/keys', setting: 'API_KEYS' } } }],
    ['API_KEYS_FILE', '/run/secrets/keys', { auth: { keysFile: { path: '/run/secrets/keys', setting: 'API_KEYS_FILE' } } }],
    ['RATE_LIMIT_TOKENS', '50000', { rateLimit: { tokens: 50_000 } }],
    ['MODEL_ALIASES', 'old=a/b', { openAiApi: { modelAliases: [{ alias: 'old', model: 'a/b' }] } }],
    [
      'MODEL_ALIASES',
      'text-embedding-3-small, a/b',
      { openAiApi: { modelAliases: [{ alias: 'text-embedding-3-small' }, { alias: 'a/b' }] } },
    ],
    ['ALLOWED_DIMENSIONS', '256,128', { openAiApi: { allowedDimensions: [256, 128] } }],
    ['MAX_BODY_MB', '2', { openAiApi: { maxBodyBytes: 2 * MIB } }],
    ['EMBEDDING_PROVIDER', 'local', { embedding: { provider: 'local' } }],
    ['EMBEDDING_MODEL', './my-model', { embedding: { model: './my-model' } }],
    ['EMBEDDING_MODEL', 'Xenova/all-MiniLM-L6-v2', { embedding: { model: 'Xenova/all-MiniLM-L6-v2' } }],
    ['EMBEDDING_DIM', '384', { embedding: { dimensions: 384 } }],
    ['EMBEDDING_DTYPE', 'fp32', { embedding: { dtype: 'fp32' } }],
    ['EMBEDDING_POOLING', 'cls', { embedding: { pooling: 'cls' } }],
    ['EMBEDDING_DTYPE', 'onnx/model_O4.onnx', { embedding: { dtype: 'onnx/model_O4.onnx' } }],
    ['EMBEDDING_MODEL', 'owner/name@v1.0', { embedding: { model: 'owner/name@v1.0' } }],
    ['EMBEDDING_PROMPTS', '{"query":"query: "}', { embedding: { prompts: { query: 'query: ' } } }],
    ['EMBEDDING_CHECK_COSINE', '0.98', { embedding: { check: { path: undefined, leastCosine: 0.98 } } }],
    ['EMBEDDING_CHECK', 'vectors.jsonl', { embedding: { check: { path: 'vectors.jsonl', leastCosine: 0.999 } } }],
    ['EMBEDDING_MAX_TOKENS', '128', { embedding: { maxTokens: 128 } }],
    ['EMBEDDING_WORKERS', '2', { embedding: { workers: 2 } }],
    ['BATCH_SIZE', '8', { embedding: { batchSize: 8 } }],
    ['MAX_QUEUED_TEXTS', '100', { embedding: { maxQueuedTexts: 100 } }],
    ['INFERENCE_TIMEOUT_MS', '1000', { embedding: { inferenceTimeoutMs: 1000 } }],
    ['MODEL_CACHE_DIR', '/srv/models', { embedding: { modelCacheDir: '/srv/models' } }],
    ['HF_HUB_OFFLINE', '1', { embedding: { offline: true } }],
    ['HF_ENDPOINT', 'http://mirror:8080', { embedding: { hubUrl: 'http://mirror:8080' } }],
    ['CACHE_MEMORY_MB', '64', { cache: { memoryBytes: 48 * MIB, renderedBytes: 16 * MIB } }],
    ['CACHE_TTL', '60', { cache: { ttlSeconds: 60 } }],
    ['CACHE_TIMEOUT_MS', '20', { cache: { timeoutMs: 20 } }],
    ['CACHE_DIR', '/srv/cache', { cache: { disk: { folder: '/srv/cache', isRequired: true } } }],
    ['CACHE_DIR', 'off', { cache: { disk: undefined } }],
    ['CACHE_DISK_MB', '64', { cache: { disk: { ...DEFAULT_DISK, maxBytes: 64 * MIB } } }],
    ['DATA_DIR', '/srv/data', { cache: { disk: { ...DEFAULT_DISK, folder: '/srv/data/cache' } } }],
    ['REDIS_URL', 'rediss://user:word@host:6380/1', { cache: { redisUrl: 'rediss://user:word@host:6380/1' } }],
    ['REDIS_KEY_PREFIX', 'staging:', { cache: { redisKeyPrefix: 'staging:' }, rateLimit: { redisKeyPrefix: 'staging:' } }],
    ['REDIS_URL', 'redis://host', { rateLimit: { redisUrl: 'redis://host' } }],
    ['RATE_LIMIT_REQUESTS', '0', { rateLimit: { requests: 0 } }],
    ['RATE_LIMIT_WINDOW', '1', { rateLimit: { windowSeconds: 1 } }],
    ['REDIS_URL', 'redis://host', { queue: { backend: { kind: 'redis', url: 'redis://host', keyPrefix: '' } } }],
    [
      'QUEUE_REDIS_URL',
      'redis://host',
      { cache: { redisUrl: undefined }, queue: { backend: { kind: 'redis', url: 'redis://host', keyPrefix: '' } } },
    ],
    ['DATA_DIR', '/srv', { queue: { backend: { kind: 'embedded', folder: '/srv/jobs' } } }],
    ['FILE_MAX_MB', '5', { batches: { maxFileBytes: 5 * MIB } }],
    ['FILES_TOTAL_MB', '5', { batches: { maxTotalBytes: 5 * MIB } }],
    ['API_RUNS_JOBS', 'false', { queue: { worksInApi: true } }],
    ['METRICS_PORT', '9464', { server: { metricsPort: 9464 } }],
    ['ADMIN_KEY_FILE', '/run/secrets/admin-key', { auth: { adminKey: 'a-key-in-a-file-0123' } }],
    ['WORKER_PORT', '9100', { queue: { workerPort: 9100 } }],
    ['QUEUE_CONCURRENCY', '4', { queue: { concurrency: 4 } }],
    ['JOB_TTL', '60', { queue: { ttlMs: 60_000 } }],
    ['MAX_QUEUED_JOBS', '5', { queue: { maxOpenJobs: 5 } }],
    ['JOB_MAX_TEXTS', '5', { queue: { maxTexts: 5 } }],
    ['JOB_MAX_MB', '5', { queue: { maxBytes: 5 * MIB } }],
    ['WEBHOOK_SECRET', WEBHOOK_SECRET, { queue: { webhooks: { secret: WEBHOOK_SECRET } } }],
    ['WEBHOOK_ALLOW_PRIVATE', 'true', { queue: { webhooks: { allowPrivate: true } } }],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector:4318/', { tracing: { endpoint: 'http://collector:4318' } }],
    ['OTEL_SERVICE_NAME', 'vectors', { tracing: { serviceName: 'vectors' } }],
  ])('reads %s=%s', (name, value, expected) => {
    expect(parse({ [name]: value })).toMatchObject(expected);
  });

  it('reads WEB_CONCURRENCY with a Redis', () => {
    expect(parse({ WEB_CONCURRENCY: '3', REDIS_URL: 'redis://host' }).server.processes).toBe(3);
  });

  it('needs only a key for OpenAI, and has defaults for the model and the price', () => {
    expect(parse({ EMBEDDING_PROVIDER: 'openai', OPENAI_API_KEY: 'sk-1' }).embedding).toEqual({
      names: NAMES_OF_ONE.openai,
      provider: 'openai',
      aliases: [],
      dimensions: undefined,
      maxTokens: undefined,
      maxTextLength: 10_000,
      maxDocumentLength: 1_000_000,
      maxForeignTextLength: 100_000,
      check: { path: undefined, leastCosine: 0.999, names: CHECK_VARIABLES },
      maxTokenIds: 8192,
      maxQueuedTexts: 4096,
      apiKey: 'sk-1',
      baseUrl: 'https://api.openai.com/v1',
      model: 'text-embedding-3-small',
      timeoutMs: 30_000,
      maxRetries: 3,
      concurrency: 8,
      maxInputsPerCall: 512,
      maxTokensPerCall: 300_000,
      sendDimensions: undefined,
      dollarsPerMillionTokens: undefined,
    });
  });

  it.each([
    ['OPENAI_BASE_URL', 'http://[::1]:8000/v1//', { baseUrl: 'http://[::1]:8000/v1' }],
    ['OPENAI_BASE_URL', 'https://proxy.example', { baseUrl: 'https://proxy.example' }],
    ['OPENAI_MODEL', 'bge-m3', { model: 'bge-m3' }],
    ['OPENAI_TIMEOUT_MS', '1000', { timeoutMs: 1000 }],
    ['OPENAI_MAX_RETRIES', '0', { maxRetries: 0 }],
    ['OPENAI_CONCURRENCY', '2', { concurrency: 2 }],
    ['OPENAI_MAX_INPUTS', '32', { maxInputsPerCall: 32 }],
    ['OPENAI_MAX_CALL_TOKENS', '8192', { maxTokensPerCall: 8192 }],
    ['OPENAI_SEND_DIMENSIONS', 'false', { sendDimensions: false }],
    ['OPENAI_PRICE', '0.02', { dollarsPerMillionTokens: 0.02 }],
    ['EMBEDDING_DIM', '256', { dimensions: 256 }],
    ['EMBEDDING_MAX_TOKENS', '512', { maxTokens: 512 }],
    ['MAX_QUEUED_TEXTS', '100', { maxQueuedTexts: 100 }],
  ])('reads %s=%s for OpenAI', (name, value, expected) => {
    expect(parse({ EMBEDDING_PROVIDER: 'openai', OPENAI_API_KEY: 'sk-1', [name]: value }).embedding).toMatchObject(expected);
  });

  it('reads USE_OPENAI as EMBEDDING_PROVIDER=openai', () => {
    expect(parse({ USE_OPENAI: 'true', OPENAI_API_KEY: 'sk-1' }).embedding.provider).toBe('openai');
    expect(parse({ USE_OPENAI: 'false' }).embedding.provider).toBe('local');
    expect(parse({ USE_OPENAI: 'true', EMBEDDING_PROVIDER: 'openai', OPENAI_API_KEY: 'sk-1' }).embedding.provider).toBe('openai');
  });

  it.each([
    ['true', 'local'],
    ['false', 'openai'],
  ])('refuses USE_OPENAI=%s beside EMBEDDING_PROVIDER=%s', (alias, provider) => {
    expect(faultsOf({ USE_OPENAI: alias, EMBEDDING_PROVIDER: provider, OPENAI_API_KEY: 'sk-1' })).toEqual([
      `USE_OPENAI=${alias} is not allowed: EMBEDDING_PROVIDER=${provider} says otherwise; leave USE_OPENAI out`,
    ]);
  });

  it('needs a key for OpenAI, but none for another provider', () => {
    expect(faultsOf({ EMBEDDING_PROVIDER: 'openai' })).toEqual([
      'OPENAI_API_KEY is missing: https://api.openai.com/v1 needs one; or set OPENAI_BASE_URL',
    ]);
    expect(faultsOf({ EMBEDDING_PROVIDER: 'openai', OPENAI_BASE_URL: 'http://localhost:8000/v1' })).toEqual([]);
  });

  it('leaves jobs to workers only with a Redis', () => {
    expect(parse({ API_RUNS_JOBS: 'false', REDIS_URL: 'redis://host' }).queue.worksInApi).toBe(false);
  });

  it.each(['', '   '])('reads the value "%s" as unset, as Compose passes it', (empty) => {
    const names = ['API_PORT', 'EMBEDDING_MODEL', 'REDIS_URL', 'ADMIN_KEY', 'TRUST_PROXY', 'HF_HUB_OFFLINE'];
    expect(parse(Object.fromEntries(names.map((name) => [name, empty])))).toEqual(parse());
  });

  it('ignores spaces around a value', () => {
    expect(parse({ API_PORT: ' 9000 ' }).server.port).toBe(9000);
  });

  it.each([
    ['EMBEDDING_DIM', 'x', 'EMBEDDING_DIM=x is not allowed: use a whole number from 1 to 65536'],
    ['OPENAI_PRICE', '-1', 'OPENAI_PRICE=-1 is not allowed: use a number from 0 to 1000000 dollars per million tokens, such as 0.02'],
    ['API_PORT', 'abc', 'API_PORT=abc is not allowed: use a whole number from 0 to 65535'],
    ['API_PORT', '65536', 'API_PORT=65536 is not allowed: use a whole number from 0 to 65535'],
    ['API_PORT', '80.5', 'API_PORT=80.5 is not allowed: use a whole number from 0 to 65535'],
    ['API_PORT', '1e3', 'API_PORT=1e3 is not allowed: use a whole number from 0 to 65535'],
    ['CACHE_TTL', '-1', 'CACHE_TTL=-1 is not allowed: use a whole number from 1 to 315360000 seconds'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL=loud is not allowed: use silent, error, warn, info, debug, trace'],
    ['HF_HUB_OFFLINE', 'maybe', 'HF_HUB_OFFLINE=maybe is not allowed: use true or false'],
    ['HF_ENDPOINT', 'ftp://host', 'HF_ENDPOINT=ftp://host is not allowed: use a URL that starts with https:// or http://'],
    [
      'EMBEDDING_MODEL',
      'nope',
      'EMBEDDING_MODEL=nope is not allowed: use a bundled model (all-MiniLM-L6-v2), a folder with a config.json, or a hub id such as Xenova/all-MiniLM-L6-v2, with @revision where one is wanted',
    ],
    [
      'TRUST_PROXY',
      'proxy.example',
      'TRUST_PROXY=proxy.example is not allowed: use true, false, a number of hops, or addresses and networks (loopback, linklocal, uniquelocal, 10.0.0.0/8, ...) with commas between',
    ],
  ])('refuses %s=%s and names allowed values', (name, value, fault) => {
    expect(faultsOf({ [name]: value })).toEqual([fault]);
  });

  it('refuses BATCH_WEBHOOK_URL without a secret to sign with', () => {
    expect(faultsOf({ BATCH_WEBHOOK_URL: 'https://host/hook' })).toEqual([expect.stringMatching(/^BATCH_WEBHOOK_URL .*WEBHOOK_SECRET/)]);
    expect(parse({ BATCH_WEBHOOK_URL: 'https://host/hook', WEBHOOK_SECRET }).batches.webhookUrl).toBe('https://host/hook');
  });

  it('names every fault, each in a line of its own', () => {
    const faults = faultsOf({ API_PORT: 'abc', CACHE_TTL: '-1', EMBEDDING_MODEL: 'nope', LOG_LEVEL: 'loud' });
    expect(faults.map((fault) => fault.split('=')[0] ?? '').sort()).toEqual(['API_PORT', 'CACHE_TTL', 'EMBEDDING_MODEL', 'LOG_LEVEL']);
    expect(() => parse({ API_PORT: 'abc', CACHE_TTL: '-1' })).toThrow(/^API_PORT=abc.*\nCACHE_TTL=-1.*$/);
  });
});
