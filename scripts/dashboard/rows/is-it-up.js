import { increase, of, ofWorkers, QUEUE, rate, share, sumBy } from '../queries.js';

const CALLS = 'route!~"/health.*|/ready|/metrics"';
const RESTARTS = 'embedding_worker_restarts_total';
const requests = sumBy(rate(of('http_requests_total', CALLS)));
const failures = sumBy(rate(of('http_requests_total', `${CALLS},status=~"5.."`)));

/** @type {{ title: string, panels: readonly import('../panels.js').Panel[] }} */
export const isItUp = {
  title: 'Is it up?',
  panels: [
    {
      type: 'stat',
      title: 'Replicas up',
      about: 'Replicas that answered the last scrape.',
      unit: 'none',
      alert: 'NoReplica',
      queries: [['replicas', sumBy(of('up'))]],
    },
    {
      type: 'stat',
      title: 'Workers up',
      about: 'Workers that answered the last scrape. There may be none: replicas do jobs themselves unless API_RUNS_JOBS is false.',
      unit: 'none',
      queries: [['workers', sumBy(ofWorkers('up'))]],
    },
    {
      type: 'stat',
      title: 'Requests that fail',
      about: 'The share of requests with a 5xx answer, without probes and scrapes.',
      unit: 'percentunit',
      alert: 'ManyErrors',
      queries: [['failed', share(failures, requests)]],
    },
    {
      type: 'stat',
      title: 'Store of jobs',
      about: '1 = the store of jobs answers every replica.',
      unit: 'none',
      alert: 'JobStoreDown',
      queries: [['answers', `min(embedding_job_store_up{${QUEUE}})`]],
    },
    {
      type: 'stat',
      title: 'Without Redis',
      about: 'Replicas that work without Redis, for any of its roles.',
      unit: 'none',
      alert: 'RedisDegraded',
      queries: [['replicas', `count(max by (instance) (${of('redis_bypassed')}) > 0) or vector(0)`]],
    },
    {
      type: 'stat',
      title: 'Requests',
      about: 'Requests per second on all routes, without probes and scrapes.',
      unit: 'reqps',
      queries: [['requests', requests]],
    },
    {
      type: 'timeseries',
      title: 'Responses by status',
      about: 'All routes, without probes and scrapes.',
      unit: 'reqps',
      stacked: true,
      queries: [['{{status}}', sumBy(rate(of('http_requests_total', CALLS)), 'status')]],
    },
    {
      type: 'timeseries',
      title: 'Inference processes replaced',
      about: 'In ten minutes, by reason, where it happened most. The texts of a replaced process are tried again.',
      unit: 'short',
      alert: 'WorkersRestart',
      queries: [
        ['replicas, {{reason}}', `max by (reason) (sum by (instance, reason) (increase(${of(RESTARTS)}[10m])))`],
        ['workers, {{reason}}', `max by (reason) (sum by (instance, reason) (increase(${ofWorkers(RESTARTS)}[10m])))`],
      ],
    },
    {
      type: 'timeseries',
      title: 'Replicas without Redis, by role',
      about: 'The cache, the limits, the jobs or the keys of these replicas work without Redis.',
      unit: 'none',
      alert: 'RedisDegraded',
      queries: [
        ['{{role}}', sumBy(of('redis_bypassed'), 'role')],
        ['limit of requests', sumBy(of('rate_limit_local_fallback'))],
        ['limit of tokens', sumBy(of('token_limit_local_fallback'))],
      ],
    },
    {
      type: 'timeseries',
      title: 'Texts dropped because their caller left',
      about: 'Callers with a short timeout give up while their texts wait.',
      unit: 'short',
      queries: [['texts', sumBy(increase(of('embedding_dropped_texts_total')))]],
    },
    {
      type: 'timeseries',
      title: 'Calls to the provider, by outcome',
      about: 'With EMBEDDING_PROVIDER=openai. Each try counts.',
      unit: 'ops',
      queries: [
        ['{{outcome}}', sumBy(rate(of('embedding_upstream_calls_total')), 'outcome')],
        ['tried again', sumBy(rate(of('embedding_upstream_retries_total')))],
      ],
    },
    {
      type: 'timeseries',
      title: 'Replicas whose circuit breaker is open',
      about: 'With EMBEDDING_PROVIDER=openai. They pause calls to a provider that fails.',
      unit: 'none',
      queries: [['replicas', sumBy(of('embedding_upstream_circuit_open'))]],
    },
  ],
};
