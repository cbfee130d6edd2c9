import type { KeyDirectory } from '../auth/index.js';
import type { Settings } from '../config/index.js';
import type { EmbeddingProvider, ServedModel } from '../embedding/index.js';
import type { SummaryLine } from '../process/index.js';

const MIB = 2 ** 20;

type SummarizedModel = Pick<ServedModel, 'name' | 'space' | 'traits'> & { readonly provider: Pick<EmbeddingProvider, 'processCounts'> };

interface Served {
  /** In the order of the settings. */
  readonly models: readonly SummarizedModel[];
  readonly keys: Pick<KeyDirectory, 'known' | 'needsKey' | 'hasAdmin'>;
  /** Memory of the process that serves HTTP, in bytes. */
  readonly rssBytes: number;
}

/** Says what a service that has started does, for the person who started it. Each line names the settings that change it. */
export function startSummary(settings: Settings, served: Served): readonly SummaryLine[] {
  return [
    ...modelLines(settings, served),
    ...computingLines(settings, served),
    cacheLine(settings),
    limitLine(settings, served),
    keysLine(settings, served),
    redisLine(settings),
    jobsLine(settings),
    pagesLine(settings, served),
  ];
}

function modelLines({ embedding }: Settings, { models }: Served): readonly SummaryLine[] {
  const [only] = models;
  if (only === undefined || models.length > 1) return models.map(lineOfOne);
  const { model, dtype, prompts, place } = embedding.names;
  const named = (...names: readonly string[]): readonly string[] => (place === '' ? names : ['MODELS_FILE']);
  return [
    { title: 'Model', text: described(only), settings: embedding.provider === 'local' ? named(model, dtype) : named(model) },
    { title: 'Prompts', text: promptNames(only), settings: named(prompts) },
    { title: 'Space', text: `${only.space.fingerprint}; vectors of another space cannot be compared with these`, settings: [] },
  ];
}

/** One of several models. */
function lineOfOne(model: SummarizedModel, index: number): SummaryLine {
  const text = `${described(model)}; prompts: ${promptNames(model)}; space ${model.space.fingerprint}`;
  return { title: index === 0 ? 'Model' : 'Also', text, settings: ['EMBEDDING_MODELS', 'MODELS_FILE'] };
}

function described({ name, space }: SummarizedModel): string {
  return `${name} (${space.dtype}): ${space.dimensions} dimensions, up to ${space.maxTokens} tokens, pooling ${space.pooling}`;
}

function promptNames({ traits }: SummarizedModel): string {
  return Object.keys(traits.prompts.texts).join(', ') || 'none';
}

function computingLines({ models: settings }: Settings, { models, rssBytes }: Served): readonly SummaryLine[] {
  const upstreams = [...new Set(settings.flatMap((model) => (model.provider === 'openai' ? [model.baseUrl] : [])))];
  const own = models.map(({ name, provider }) => ({ name, ...provider.processCounts() })).filter(({ plan }) => plan !== undefined);
  const plans = own.map(({ name, plan }) => (own.length === 1 ? `${plan}` : `${name}: ${plan}`));
  const loaded = inMib(own.reduce((sum, { loadedBytes }) => sum + loadedBytes, 0));
  const ofModels = own.length === 0 ? '' : `, ${loaded} for the model${own.length > 1 ? 's' : ''}`;
  const memory = `memory now: ${inMib(rssBytes)} for HTTP${ofModels}`;
  const changedBy = [...(own.length > 0 ? ['EMBEDDING_WORKERS'] : []), ...(upstreams.length > 0 ? ['OPENAI_BASE_URL'] : [])];
  const parts = [...plans, ...upstreams];
  return parts.map((part, index) => {
    const isLast = index === parts.length - 1;
    return { title: 'Computes', text: isLast ? `${part}; ${memory}` : part, settings: isLast ? changedBy : [] };
  });
}

function cacheLine({ cache }: Settings): SummaryLine {
  const { memoryBytes, renderedBytes, redisUrl, disk, ttlSeconds } = cache;
  const memory = `${inMib(memoryBytes + renderedBytes)} of memory`;
  const settings = ['CACHE_MEMORY_MB', 'CACHE_TTL'];
  if (redisUrl !== undefined) return { title: 'Cache', text: `${memory}, then Redis; for ${ttlSeconds} s`, settings };
  if (disk === undefined)
    return { title: 'Cache', text: `${memory}, lost at the end; for ${ttlSeconds} s`, settings: [...settings, 'CACHE_DIR'] };
  return {
    title: 'Cache',
    text: `${memory}, then up to ${inMib(disk.maxBytes)} in ${disk.folder}; for ${ttlSeconds} s`,
    settings: [...settings, 'CACHE_DIR', 'CACHE_DISK_MB'],
  };
}

function limitLine({ rateLimit }: Settings, { keys }: Served): SummaryLine {
  const { requests, tokens, windowSeconds } = rateLimit;
  const limits = [
    ...(requests === 0 ? [] : [counted(requests, 'request', 'requests')]),
    ...(tokens === 0 ? [] : [counted(tokens, 'token', 'tokens')]),
  ];
  const whose = keys.needsKey ? 'key without limits of its own' : 'address';
  return {
    title: 'Limit',
    text: limits.length === 0 ? 'none' : `${limits.join(' and ')} in ${windowSeconds} s for each ${whose}; a batch or a job is one request`,
    settings: ['RATE_LIMIT_REQUESTS', 'RATE_LIMIT_TOKENS', 'RATE_LIMIT_WINDOW'],
  };
}

function keysLine({ auth, server }: Settings, { keys }: Served): SummaryLine {
  const { adminKey } = auth;
  const count = keys.known.length - (adminKey === undefined ? 0 : 1);
  const settings = ['API_KEYS', 'API_KEYS_FILE', 'ADMIN_KEY'];
  const admin = adminKey === undefined ? '' : ', and ADMIN_KEY';
  if (keys.needsKey) return { title: 'Keys', text: counted(count, 'key', 'keys') + admin, settings };
  const text = `none${adminKey === undefined ? '' : ' but ADMIN_KEY'}: anyone who reaches ${server.host}:${server.port} may embed`;
  return { title: 'Keys', text, settings: [...settings, 'API_HOST=127.0.0.1'] };
}

function redisLine({ cache, queue }: Settings): SummaryLine {
  const settings = ['REDIS_URL', 'QUEUE_REDIS_URL'];
  const uses = [
    ...(cache.redisUrl === undefined ? [] : [`cache and limits in ${withoutSecrets(cache.redisUrl)}`]),
    ...(queue.backend.kind === 'redis' ? [`jobs in ${withoutSecrets(queue.backend.url)}`] : []),
  ];
  return { title: 'Redis', text: uses.length === 0 ? 'none: cache, limits and jobs are in this process' : uses.join('; '), settings };
}

function jobsLine({ queue }: Settings): SummaryLine {
  const { backend, worksInApi } = queue;
  if (backend.kind === 'embedded')
    return { title: 'Jobs', text: `kept in ${backend.folder}, done by this process`, settings: ['DATA_DIR'] };
  const text = worksInApi
    ? 'done by this process and by workers (npm run worker)'
    : 'done by workers (npm run worker), not by this process';
  return { title: 'Jobs', text, settings: ['API_RUNS_JOBS'] };
}

function pagesLine({ queue, server }: Settings, { keys }: Served): SummaryLine {
  const metrics = server.metricsPort === undefined ? '/metrics' : `:${server.metricsPort}/metrics`;
  const board = queue.backend.kind === 'redis' && keys.hasAdmin ? ', /queues' : '';
  return { title: 'Pages', text: `/, /docs, ${metrics}, /health/ready${board}`, settings: ['METRICS_PORT'] };
}

/** The address of a Redis, without its user and password. */
function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//').replace(/\?.*$/, '');
}

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

function inMib(bytes: number): string {
  return `${Math.round(bytes / MIB)} MiB`;
}
