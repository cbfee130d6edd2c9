import { alertNamed } from './alerts.js';

/**
 * A panel as the rows describe it.
 *
 * @typedef {object} Panel
 * @property {'stat' | 'timeseries' | 'heatmap'} type
 * @property {string} title
 * @property {string} about What it shows, in one or two sentences.
 * @property {string} unit The unit of all its series.
 * @property {readonly (readonly [legend: string, expression: string])[]} queries
 * @property {string} [alert] The alert whose threshold is drawn, and whose runbook is linked.
 * @property {boolean} [exemplars] Whether traces are shown as dots.
 * @property {boolean} [stacked]
 * @property {number} [max]
 */

const PROMETHEUS = { type: 'prometheus', uid: '${datasource}' };
const GREEN = '#73BF69';
const RED = '#F2495C';
const BLUE = '#5794F2';

/**
 * The panel as Grafana's model has it.
 *
 * @param {Panel} panel
 * @param {number} id
 * @param {object} gridPos
 */
export function grafanaPanel(panel, id, gridPos) {
  const { type, title, about, queries, alert } = panel;
  return {
    id,
    type,
    title,
    description: alert === undefined ? about : `${about} Alert: ${alert}, ${alertNamed(alert).runbook}.`,
    links: alert === undefined ? [] : [runbookLink(alert)],
    datasource: PROMETHEUS,
    gridPos,
    targets: queries.map((_, index) => target(panel, index)),
    ...LOOKS[type](panel),
  };
}

/** @param {string} alert */
function runbookLink(alert) {
  return { title: `Runbook: ${alert}`, url: `\${runbooks}${alertNamed(alert).runbook}`, targetBlank: true };
}

/**
 * @param {Panel} panel
 * @param {number} index
 */
function target({ queries, type, exemplars = false }, index) {
  const [legendFormat = '', expr = ''] = queries[index] ?? [];
  const format = type === 'heatmap' ? { format: 'heatmap' } : {};
  const exemplar = exemplars ? { exemplar: true } : {};
  const refId = String.fromCharCode(65 + index);
  return { datasource: PROMETHEUS, refId, expr, legendFormat, editorMode: 'code', range: true, ...format, ...exemplar };
}

const LOOKS = {
  /** @param {Panel} panel */
  stat: ({ unit, alert, max }) => ({
    fieldConfig: {
      defaults: { unit, ...bounds(max), color: { mode: 'thresholds' }, thresholds: steps(alert, BLUE), noValue: '-' },
      overrides: [],
    },
    options: {
      colorMode: 'value',
      graphMode: 'area',
      justifyMode: 'auto',
      orientation: 'auto',
      textMode: 'value',
      wideLayout: true,
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
  }),
  /** @param {Panel} panel */
  timeseries: ({ unit, alert, max, stacked = false }) => ({
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        ...bounds(max),
        color: { mode: 'palette-classic' },
        thresholds: steps(alert, 'transparent'),
        custom: line(stacked, alert),
      },
      overrides: [],
    },
    options: {
      legend: { showLegend: true, displayMode: 'table', placement: 'bottom', calcs: ['lastNotNull', 'max'] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  }),
  /** @param {Panel} panel */
  heatmap: ({ unit }) => ({
    fieldConfig: { defaults: {}, overrides: [] },
    options: {
      calculate: false,
      yAxis: { unit, axisPlacement: 'left' },
      cellGap: 1,
      color: { mode: 'scheme', scheme: 'Turbo', steps: 64, exponent: 0.5, fill: 'dark-orange', scale: 'exponential' },
      filterValues: { le: 1e-9 },
      rowsFrame: { layout: 'auto' },
      legend: { show: false },
      tooltip: { mode: 'single', yHistogram: true },
      exemplars: { color: 'rgba(255,0,255,0.7)' },
    },
  }),
};

/** @param {number | undefined} max */
function bounds(max) {
  return max === undefined ? {} : { max };
}

/**
 * Red where the alert fires.
 *
 * @param {string | undefined} alert
 * @param {string} otherwise The colour of a panel that no alert judges.
 */
function steps(alert, otherwise) {
  const from = (/** @type {number | null} */ value, /** @type {string} */ color) => ({ value, color });
  if (alert === undefined) return { mode: 'absolute', steps: [from(null, otherwise)] };
  const { threshold, isFloor } = alertNamed(alert);
  const fine = otherwise === BLUE ? GREEN : otherwise;
  const colors = isFloor ? [from(null, RED), from(threshold, fine)] : [from(null, fine), from(threshold, RED)];
  return { mode: 'absolute', steps: colors };
}

/**
 * @param {boolean} stacked
 * @param {string | undefined} alert
 */
function line(stacked, alert) {
  return {
    drawStyle: 'line',
    lineInterpolation: 'linear',
    lineWidth: stacked ? 1 : 2,
    fillOpacity: stacked ? 45 : 5,
    showPoints: 'never',
    spanNulls: 60_000,
    stacking: { mode: stacked ? 'normal' : 'none', group: 'A' },
    thresholdsStyle: { mode: alert === undefined ? 'off' : 'line' },
  };
}
