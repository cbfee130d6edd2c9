import { of, ofWorkers, QUEUE, rate, share, sumBy } from '../queries.js';

/** @type {{ title: string, panels: readonly import('../panels.js').Panel[] }} */
export const isItFull = {
  title: 'Is it full?',
  panels: [
    {
      type: 'timeseries',
      title: 'Inference processes that are busy',
      about: 'At 100 % a further text waits. Add replicas, workers or cores.',
      unit: 'percentunit',
      max: 1,
      queries: [
        ['replicas', share(sumBy(of('embedding_workers', 'state="busy"')), sumBy(of('embedding_workers')))],
        ['workers', share(sumBy(ofWorkers('embedding_workers', 'state="busy"')), sumBy(ofWorkers('embedding_workers')))],
      ],
    },
    {
      type: 'timeseries',
      title: 'Longest wait of a text',
      about: 'How long the oldest text of a caller has waited and is not computed yet.',
      unit: 's',
      alert: 'OldQueue',
      queries: [['{{instance}}', `max by (instance) (${of('embedding_queue_oldest_seconds', 'priority="interactive"')})`]],
    },
    {
      type: 'timeseries',
      title: 'Texts of requests that wait',
      about: 'The autoscaler of the api uses this figure. MAX_QUEUED_TEXTS bounds it.',
      unit: 'short',
      queries: [
        [
          '{{instance}}',
          `clamp_min(${sumBy(of('embedding_queue_size'), 'instance')} - max by (instance) (${of('embedding_job_pending_texts')}), 0)`,
        ],
      ],
    },
    {
      type: 'timeseries',
      title: 'Requests in flight',
      about: 'Requests for embeddings that are being answered.',
      unit: 'short',
      queries: [['{{instance}}', sumBy(of('embedding_in_flight_requests'), 'instance')]],
    },
    {
      type: 'timeseries',
      title: 'Requests refused by a limit',
      about: 'Callers over a limit of their own get 429.',
      unit: 'reqps',
      queries: [['{{limit}}', sumBy(rate(of('rate_limited_requests_total')), 'limit')]],
    },
    {
      type: 'timeseries',
      title: 'Texts of jobs to do',
      about: 'The autoscaler of the workers uses this figure.',
      unit: 'short',
      queries: [['texts', `max(embedding_job_pending_texts{${QUEUE}})`]],
    },
    {
      type: 'timeseries',
      title: 'Oldest job that waits',
      about: 'Jobs run when no caller waits.',
      unit: 's',
      alert: 'OldJobs',
      queries: [['oldest', `max(embedding_job_oldest_queued_seconds{${QUEUE}})`]],
    },
    {
      type: 'timeseries',
      title: 'Jobs by status',
      about: 'Jobs that are kept, finished ones too.',
      unit: 'short',
      queries: [['{{status}}', `max by (status) (embedding_jobs{${QUEUE}})`]],
    },
    {
      type: 'timeseries',
      title: 'Texts of jobs done',
      about: 'By all replicas and workers.',
      unit: 'ops',
      stacked: true,
      queries: [
        ['replicas, {{result}}', sumBy(rate(`embedding_job_texts_total{${QUEUE}}`), 'result')],
        ['workers, {{result}}', sumBy(rate(ofWorkers('embedding_job_texts_total')), 'result')],
      ],
    },
    {
      type: 'timeseries',
      title: 'CPU of the HTTP processes and workers',
      about: 'Cores, without the inference processes. An HTTP process near 1 limits cache hits: see WEB_CONCURRENCY.',
      unit: 'none',
      queries: [
        ['{{instance}}', sumBy(rate(of('process_cpu_seconds_total')), 'instance')],
        ['worker {{instance}}', sumBy(rate(ofWorkers('process_cpu_seconds_total')), 'instance')],
      ],
    },
    {
      type: 'timeseries',
      title: 'Memory of the HTTP processes and workers',
      about: 'Resident memory, without the inference processes.',
      unit: 'bytes',
      queries: [
        ['{{instance}}', sumBy(of('process_resident_memory_bytes'), 'instance')],
        ['worker {{instance}}', sumBy(ofWorkers('process_resident_memory_bytes'), 'instance')],
      ],
    },
    {
      type: 'timeseries',
      title: 'Memory of the cache',
      about: 'Bytes of cached vectors in each process. CACHE_MEMORY_MB bounds it.',
      unit: 'bytes',
      queries: [['{{instance}}', sumBy(of('embedding_cache_memory_bytes'), 'instance')]],
    },
  ],
};
