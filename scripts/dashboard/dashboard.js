import { grafanaPanel } from './panels.js';
import { isItFast } from './rows/is-it-fast.js';
import { isItFull } from './rows/is-it-full.js';
import { isItUp } from './rows/is-it-up.js';
import { whatItCosts } from './rows/what-it-costs.js';
import { annotations, variables } from './variables.js';

const ROWS = [isItUp, isItFast, isItFull, whatItCosts];
const WIDTH = 24;
const SIZES = { stat: { w: 4, h: 4 }, timeseries: { w: 8, h: 8 }, heatmap: { w: 8, h: 8 } };

/** The dashboard as Grafana imports it. */
export function dashboard() {
  return {
    uid: 'embedding-pipeline',
    title: 'Embedding pipeline',
    description: 'Each row answers a question. Red lines are the thresholds of the alerts.',
    tags: ['embedding-pipeline'],
    schemaVersion: 42,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    timepicker: {},
    fiscalYearStartMonth: 0,
    weekStart: '',
    links: [],
    annotations,
    templating: { list: variables },
    panels: placed(),
  };
}

/** The panels of all rows, from left to right and down. */
function placed() {
  const panels = [];
  let y = 0;
  for (const { title, panels: ofRow } of ROWS) {
    panels.push({ id: panels.length + 1, type: 'row', title, collapsed: false, gridPos: { x: 0, y, w: WIDTH, h: 1 }, panels: [] });
    let [x, height] = [0, 0];
    y += 1;
    for (const panel of ofRow) {
      const { w, h } = SIZES[panel.type];
      if (x + w > WIDTH || (height > 0 && height !== h)) [x, y] = [0, y + height];
      panels.push(grafanaPanel(panel, panels.length + 1, { x, y, w, h }));
      [x, height] = [x + w, h];
    }
    y += height;
  }
  return panels;
}
