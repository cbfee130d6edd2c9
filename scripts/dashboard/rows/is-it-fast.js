import { increase, of, ofWorkers, quantile, rate, sumBy } from '../queries.js';

const LATENCY = 'embedding_latency_seconds';
const routes = quantile(0.95, 'http_request_duration_seconds', { by: 'method, route', labels: 'route!~"/health.*|/ready|/metrics"' });

/** @type {{ title: string, panels: readonly import('../panels.js').Panel[] }} */
export const isItFast = {
  title: 'Is it fast?',
  panels: [
    {
      type: 'timeseries',
      title: 'Latency of embeddings',
      about: 'Requests for embeddings, cached ones too, by model.',
      unit: 's',
      alert: 'SlowEmbeddings',
      exemplars: true,
      queries: [0.5, 0.95, 0.99].map((part) => [`p${part * 100} {{model}}`, quantile(part, LATENCY, { by: 'model' })]),
    },
    {
      type: 'heatmap',
      title: 'Latency, all requests',
      about: 'Two separate bands are usual: the lower one is the cache, the upper one is inference.',
      unit: 's',
      exemplars: true,
      queries: [['{{le}}', sumBy(increase(of(`${LATENCY}_bucket`)), 'le')]],
    },
    {
      type: 'timeseries',
      title: 'Seconds spent per second, by stage',
      about: 'Where the time of requests goes. If queue is the largest, the capacity is too small.',
      unit: 'none',
      stacked: true,
      queries: [['{{stage}}', sumBy(rate(of('embedding_stage_seconds_sum')), 'stage')]],
    },
    {
      type: 'timeseries',
      title: 'Stage p95',
      about: 'The slowest text of a request in each stage.',
      unit: 's',
      queries: [['{{stage}}', quantile(0.95, 'embedding_stage_seconds', { by: 'stage' })]],
    },
    {
      type: 'timeseries',
      title: 'p95 by route',
      about: 'The slowest ten of the routes that are used, without probes and scrapes.',
      unit: 's',
      queries: [['{{method}} {{route}}', `topk(10, ${routes} > 0)`]],
    },
    {
      type: 'timeseries',
      title: 'Event loop lag p99',
      about: 'A process that lags answers nothing meanwhile. Inference does not run in it.',
      unit: 's',
      alert: 'EventLoopLag',
      queries: [
        ['{{instance}}', of('nodejs_eventloop_lag_p99_seconds')],
        ['worker {{instance}}', ofWorkers('nodejs_eventloop_lag_p99_seconds')],
      ],
    },
    {
      type: 'timeseries',
      title: 'Call to the provider p95',
      about: 'With EMBEDDING_PROVIDER=openai, by model.',
      unit: 's',
      queries: [['{{model}}', quantile(0.95, 'embedding_upstream_call_seconds', { by: 'model' })]],
    },
  ],
};
