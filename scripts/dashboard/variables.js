import { REPLICAS } from './queries.js';

const PROMETHEUS = { type: 'prometheus', uid: '${datasource}' };

/**
 * A variable that lists the values of a label. Without the label, `All` still selects everything.
 *
 * @param {{ name: string, label: string, definition: string }} options
 */
function labelVariable({ name, label, definition }) {
  return {
    name,
    label,
    type: 'query',
    datasource: PROMETHEUS,
    definition,
    query: { query: definition, refId: name },
    current: { selected: true, text: ['All'], value: ['$__all'] },
    allValue: '.*',
    includeAll: true,
    multi: true,
    hide: 0,
    options: [],
    refresh: 2,
    regex: '',
    sort: 1,
  };
}

export const variables = [
  {
    name: 'datasource',
    label: 'Data source',
    type: 'datasource',
    query: 'prometheus',
    current: {},
    hide: 0,
    options: [],
    refresh: 1,
    regex: '',
  },
  labelVariable({ name: 'namespace', label: 'Namespace', definition: 'label_values(up{job="embedding-pipeline"}, namespace)' }),
  labelVariable({
    name: 'instance',
    label: 'Replica',
    definition: 'label_values(up{job="embedding-pipeline",namespace=~"$namespace"}, instance)',
  }),
  {
    name: 'runbooks',
    label: 'Runbooks are below',
    description: 'The URL of this repository as your host shows its files, with a slash at its end.',
    type: 'textbox',
    query: '',
    current: { text: '', value: '' },
    options: [],
    hide: 0,
  },
];

export const annotations = {
  list: [
    {
      builtIn: 1,
      datasource: { type: 'grafana', uid: '-- Grafana --' },
      enable: true,
      hide: true,
      iconColor: 'rgba(0, 211, 255, 1)',
      name: 'Annotations & Alerts',
      type: 'dashboard',
    },
    {
      datasource: PROMETHEUS,
      enable: true,
      iconColor: 'red',
      name: 'Alerts',
      expr: 'ALERTS{alertstate="firing",job=~"embedding-.*|"}',
      titleFormat: '{{alertname}}',
      textFormat: '{{instance}} {{reason}}',
      step: '30s',
    },
    {
      datasource: PROMETHEUS,
      enable: true,
      iconColor: 'blue',
      name: 'Starts',
      expr: `changes(process_start_time_seconds{${REPLICAS}}[1m]) > 0`,
      titleFormat: 'Start',
      textFormat: '{{instance}}',
      step: '30s',
    },
  ],
};
