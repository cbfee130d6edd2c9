import { mean, of, ofWorkers, rate, share, sumBy } from '../queries.js';

const texts = sumBy(rate(of('embedding_texts_total')));
const cached = sumBy(rate(of('embedding_texts_total', 'cached="true"')));

/** @type {{ title: string, panels: readonly import('../panels.js').Panel[] }} */
export const whatItCosts = {
  title: 'What does it cost?',
  panels: [
    {
      type: 'timeseries',
      title: 'Texts from the cache',
      about: 'The share of texts that needed no inference.',
      unit: 'percentunit',
      max: 1,
      alert: 'LowHitRate',
      queries: [['all replicas', share(cached, texts)]],
    },
    {
      type: 'timeseries',
      title: 'Texts',
      about: 'Texts of requests per second.',
      unit: 'ops',
      stacked: true,
      queries: [
        ['computed', sumBy(rate(of('embedding_texts_total', 'cached="false"')))],
        ['from the cache', cached],
      ],
    },
    {
      type: 'timeseries',
      title: 'Tokens computed',
      about: 'Tokens that models read, per second.',
      unit: 'ops',
      stacked: true,
      queries: [
        ['replicas', sumBy(rate(of('embedding_tokens_total')))],
        ['workers', sumBy(rate(ofWorkers('embedding_tokens_total')))],
      ],
    },
    {
      type: 'timeseries',
      title: 'Hits by tier of the cache',
      about: 'Redis is asked only for texts that are not in memory, so its share is a share of those.',
      unit: 'percentunit',
      max: 1,
      queries: [
        [
          '{{tier}}',
          share(
            sumBy(rate(of('embedding_cache_lookups_total', 'result="hit"')), 'tier'),
            sumBy(rate(of('embedding_cache_lookups_total')), 'tier'),
          ),
        ],
      ],
    },
    {
      type: 'timeseries',
      title: 'Lookups in the cache',
      about: 'By tier and result. An error counts as a miss.',
      unit: 'ops',
      queries: [['{{tier}} {{result}}', sumBy(rate(of('embedding_cache_lookups_total')), 'tier, result')]],
    },
    {
      type: 'timeseries',
      title: 'Cached vectors',
      about: 'With Redis, the keys of its database.',
      unit: 'short',
      queries: [['vectors', `max(${of('embedding_cache_entries')})`]],
    },
    {
      type: 'timeseries',
      title: 'Texts together',
      about: 'Larger runs of the model are cheaper for each text.',
      unit: 'none',
      queries: [
        ['per request', mean('embedding_batch_size')],
        ['per run of the model', mean('embedding_group_texts')],
      ],
    },
    {
      type: 'timeseries',
      title: 'Tokens of the provider',
      about: 'With EMBEDDING_PROVIDER=openai: tokens that it counted, per second, by model.',
      unit: 'ops',
      queries: [['{{model}}', sumBy(rate(of('embedding_upstream_tokens_total')), 'model')]],
    },
    {
      type: 'timeseries',
      title: 'Dollars per hour',
      about: 'With EMBEDDING_PROVIDER=openai: what those tokens cost, where the price is known (OPENAI_PRICE).',
      unit: 'currencyUSD',
      queries: [['{{model}}', `3600 * ${sumBy(rate(of('embedding_upstream_cost_dollars_total')), 'model')}`]],
    },
  ],
};
